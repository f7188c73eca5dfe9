using System.Net;
using Azure.Data.Tables;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;

namespace CoinPay.Acceptance.Kills;

/// <summary>An invoice that a shop sells and a customer pays while gateways are killed, and what must be true of it in the end.</summary>
internal sealed class Sale
{
    /// <summary>
    /// A delivery in the hand of a process that is killed is sent again within three minutes. Where that one was in hand at a kill,
    /// too, the queue hides it for ten.
    /// </summary>
    private static readonly TimeSpan LongestHidden = TimeSpan.FromMinutes(12);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TestWorld _world;
    private readonly ApiAnswer _created;

    private Sale(TestWorld world, ApiAnswer created) => (_world, _created) = (world, created);

    public string Id => _created["id"]!;

    public string Address => _created["payment.address"]!;

    private bool IsOnAnvil => _created["payment.network"]!.StartsWith("eip155:", StringComparison.Ordinal);

    /// <summary>Creates an invoice, however often that takes: a shop tries again with the same key.</summary>
    public static async Task<Sale> OpenAsync(TestWorld world, string network, string key)
    {
        while (true)
        {
            try
            {
                ApiAnswer answer = network == "anvil"
                    ? await world.CreateUsdtInvoiceAsync(idempotencyKey: key)
                    : await world.CreateBitcoinInvoiceAsync(idempotencyKey: key);
                if (answer.Status == HttpStatusCode.Created)
                    return new(world, answer);
                Assert.True(answer.Status == HttpStatusCode.Conflict || (int)answer.Status >= 500, answer.Text);
            }
            catch (Exception down) when (down is HttpRequestException or TaskCanceledException)
            {
            }
            await Task.Delay(Pause);
        }
    }

    /// <summary>One on each chain.</summary>
    public static Task<Sale[]> OpenBothAsync(TestWorld world, string key) => Task.WhenAll(
        OpenAsync(world, "anvil", $"{key}-anvil"), OpenAsync(world, "bitcoin-regtest", $"{key}-bitcoin-regtest"));

    /// <summary>Pays in full; the payment is in one block.</summary>
    public async Task PayAsync()
    {
        if (IsOnAnvil)
        {
            await _world.PayTokenAsync(Address, 49_900_000);
            return;
        }
        await _world.Bitcoind.PayAsync(Address, 0.015m);
        await _world.Bitcoind.MineAsync();
    }

    /// <summary>Mines as many blocks as the invoice needs.</summary>
    public Task ConfirmAsync()
    {
        int required = int.Parse(_created["confirmation_policy.required"]!);
        return IsOnAnvil ? _world.Anvil.MineAsync(required) : _world.Bitcoind.MineAsync(required);
    }

    public Task IsAsync(string status) => _world.WaitForStatusAsync(Id, status);

    /// <summary>Waits until the gateway has seen the payment; others' blocks may have confirmed it by then.</summary>
    public Task IsSeenAsync() =>
        _world.WaitForInvoiceAsync(Id, invoice => invoice["status"] != "created", $"{Id} to be seen");

    /// <summary>
    /// Waits until it is paid and told: by one payment, booked in once and to the merchant once, with one id for each event. A POST
    /// may have come twice.
    /// </summary>
    public async Task EndsPaidOnceAsync()
    {
        ApiAnswer paid = await _world.WaitForStatusAsync(Id, "paid");
        Assert.Single(paid.Json["transactions"]!.AsArray());
        Received told = await _world.WaitForWebhookAsync(Id, "invoice.paid", LongestHidden);
        Assert.Equal(paid["version"], told.Json["state_version"]!.ToString());
        foreach (IGrouping<string, Received> events in _world.Receiver.Of(Id).GroupBy(received => received.Type))
            Assert.Single(events.Select(received => received.Id).Distinct());

        string partition = $"{_world.MerchantId}!{Id}";
        List<TableEntity> lines = await new TableClient(_world.Azurite.ConnectionString, "Invoices")
            .QueryAsync<TableEntity>(row => row.PartitionKey == partition)
            .Where(row => row.RowKey.StartsWith("line!", StringComparison.Ordinal))
            .ToListAsync();
        Assert.Equal(
            ["world:" + (IsOnAnvil ? "anvil" : "bitcoin-regtest"), "invoice:" + Id],
            lines.Select(line => line.GetString("Source")));
    }
}
