using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Forwarders;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>What becomes of a missing factory after the start.</summary>
public sealed class CheckFactoriesTests
{
    [Fact]
    public async Task A_missing_factory_is_deployed_where_a_gas_wallet_is_set()
    {
        await using Anvil anvil = await Anvil.StartAsync();
        Assert.True(await DeployedAsync(anvil.Rpc, Anvil.PublishedKeys[0]));
    }

    [Fact]
    public async Task Without_a_gas_wallet_nothing_is_sent()
    {
        await using Anvil anvil = await Anvil.StartAsync();
        Assert.False(await DeployedAsync(anvil.Rpc, null));
        Assert.Equal(0, await anvil.HeightAsync());
    }

    [Fact]
    public async Task A_node_that_comes_up_later_is_asked_again()
    {
        int port = LocalProcess.FreePort();
        FakeTimeProvider time = new();
        Uri rpc = new($"http://127.0.0.1:{port}");
        using CheckFactories check = Check(rpc, Anvil.PublishedKeys[0], time);
        await check.StartAsync(CancellationToken.None);
        await using Anvil anvil = await Anvil.StartAsync(port: port);
        for (DateTime until = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < until && !check.ExecuteTask!.IsCompleted; await Task.Delay(20))
            time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await StandsAsync(rpc));
    }

    [Theory]
    [InlineData("0x1234")]
    [InlineData("not hex at all")]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_gas_wallet_key_that_is_none_stops_the_start_without_being_shown(string key)
    {
        await using Anvil anvil = await Anvil.StartAsync();
        SettingsException refused = await Assert.ThrowsAsync<SettingsException>(() => DeployedAsync(anvil.Rpc, key));
        Assert.DoesNotContain(key, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> DeployedAsync(Uri rpc, string? key)
    {
        using CheckFactories check = Check(rpc, key, TimeProvider.System);
        await check.StartAsync(CancellationToken.None);
        await check.ExecuteTask!;
        return await StandsAsync(rpc);
    }

    private static CheckFactories Check(Uri rpc, string? key, TimeProvider time) => new(
        new Networks([NetworkAt(rpc)]),
        new NodeConnection(isDevelopment: true),
        new GasWallets(new NodeConnection(isDevelopment: true), new OneSecret(key), new FreeTurns(), time),
        time,
        NullLogger<CheckFactories>.Instance);

    private static Task<bool> StandsAsync(Uri rpc) =>
        new ForwarderFactory(NetworkAt(rpc), TestNetworks.Http, null, TimeProvider.System).StandsAsync(CancellationToken.None);

    private static Network NetworkAt(Uri rpc) => TestNetworks.Evm(rpc) with { Factory = ForwarderFactory.Address };

    private sealed class OneSecret(string? key) : ISecrets
    {
        public ValueTask<string?> FindAsync(string name, CancellationToken cancellation) => new(key);

        public void Forget(string name) => throw new NotSupportedException();
    }
}
