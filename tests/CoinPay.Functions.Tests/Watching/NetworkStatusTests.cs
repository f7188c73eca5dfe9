using System.Net;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>A network that is not read takes no orders, and everybody is told.</summary>
public sealed class NetworkStatusTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    private static readonly Network Polled = Edge.Anvil with { PollInterval = TimeSpan.FromSeconds(5) };
    private static readonly object Order = new { price = new { amount = "5", currency = "USDT" }, network = "anvil", asset = "USDT" };
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly Tables _tables = new(storage.Tables());

    [Fact]
    public async Task While_a_network_is_unknown_no_invoice_is_created_and_the_networks_say_so()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api shop = new(gateway.Address, key);
        await gateway.PolledAsync(DateTimeOffset.UtcNow.AddMinutes(-3));

        ApiAnswer refused = (await shop.PostAsync("/v1/invoices", Order)).ExpectProblem(HttpStatusCode.ServiceUnavailable, "network_unavailable");
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal("unknown", await StatusAsync(shop));

        await gateway.PolledAsync(DateTimeOffset.UtcNow);
        (await shop.PostAsync("/v1/invoices", Order)).Expect(HttpStatusCode.Created);
        Assert.Equal("available", await StatusAsync(shop));
    }

    [Fact]
    public async Task While_a_network_is_unknown_the_checkout_says_so_in_plain_words()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api shop = new(gateway.Address, key), payer = new(gateway.Address, null);
        string page = "/pay/" + (await shop.PostAsync("/v1/invoices", Order)).Expect(HttpStatusCode.Created)["id"];
        ApiAnswer before = (await payer.GetAsync(page + "/status")).Expect(HttpStatusCode.OK);
        Assert.Equal(("available", null), (before["payment.network_status"], before["notice"]));

        await gateway.PolledAsync(DateTimeOffset.UtcNow.AddMinutes(-3));
        ApiAnswer after = (await payer.GetAsync(page + "/status")).Expect(HttpStatusCode.OK);
        Assert.Equal("unknown", after["payment.network_status"]);
        Assert.Contains("cannot read the Anvil network right now", after["notice"], StringComparison.Ordinal);
        Assert.Contains("do not pay again", after["notice"], StringComparison.Ordinal);
        Assert.NotEqual(before["revision"], after["revision"]);
        Assert.Contains("cannot read the Anvil network right now", (await payer.GetAsync(page)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_is_unknown_before_its_first_complete_poll_and_two_minutes_and_two_polls_after_its_last()
    {
        await _tables.EnsureCreatedAsync(default);
        Network network = Polled with { Name = "ages" };
        NetworkStatus status = new(new(_tables), _clock);
        Assert.False(await status.IsAvailableAsync(network, default));
        await ReadNetworks.SaveAsync(_tables, DateTimeOffset.UnixEpoch, network.Name);
        Assert.False(await status.IsAvailableAsync(network, default));
        await ReadNetworks.SaveAsync(_tables, _clock.GetUtcNow(), network.Name);
        Assert.True(await status.IsAvailableAsync(network, default));
        _clock.Advance(TimeSpan.FromSeconds(130));
        Assert.True(await status.IsAvailableAsync(network, default));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(await status.IsAvailableAsync(network, default));
    }

    [Fact]
    public async Task Orders_in_quick_succession_read_the_cursor_once_and_a_network_that_recovers_is_available_at_once()
    {
        await _tables.EnsureCreatedAsync(default);
        Network network = Polled with { Name = "remembered" };
        await ReadNetworks.SaveAsync(_tables, _clock.GetUtcNow(), network.Name);
        NetworkStatus status = new(new(_tables), _clock);
        Assert.True(await status.IsAvailableAsync(network, default));
        await ReadNetworks.SaveAsync(_tables, DateTimeOffset.UnixEpoch, network.Name);
        Assert.True(await status.IsAvailableAsync(network, default));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await status.IsAvailableAsync(network, default));
        await ReadNetworks.SaveAsync(_tables, _clock.GetUtcNow(), network.Name);
        Assert.True(await status.IsAvailableAsync(network, default));
    }

    private static async Task<string> StatusAsync(Api shop) =>
        (await shop.GetAsync("/v1/networks")).Expect(HttpStatusCode.OK).Json["data"]![0]!["status"]!.ToString();
}
