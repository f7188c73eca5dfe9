using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Runtime;
using CoinPay.Testing.Chains;
using NBitcoin;

namespace CoinPay.Simulation.Shops;

/// <summary>A merchant with its own policy, a wallet on every network, and an endpoint.</summary>
internal sealed class Shop
{
    /// <summary>A public key whose owner nobody knows (the generator point); the chain codes make different accounts of it.</summary>
    private static readonly PubKey Point = new(Convert.FromHexString("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"));

    private const double InUse = 0.4;

    private Shop(int number, string id, string key, ShopPolicy policy) => (Number, Id, Key, Policy) = (number, id, key, policy);

    public int Number { get; }

    public string Id { get; }

    /// <summary>Its API key.</summary>
    public string Key { get; }

    public ShopPolicy Policy { get; }

    /// <summary>What its endpoint wants to hear; the last of the shops has none and asks for its events itself.</summary>
    private string[] Events => Number switch
    {
        1 => ["*"],
        2 => ["invoice.paid", "invoice.overpaid", "invoice.payment_reverted"],
        _ => [],
    };

    public bool Hears(string type) => Events.Contains("*") || Events.Contains(type);

    public string Host => $"shop{Number}.example";

    public static async Task<Shop> OpenAsync(World world, AppProcess app, int number, ShopPolicy policy)
    {
        JsonElement made = await CallAsync<CreateMerchant>(
            app, (function, request) => function.Run(request, default), AppParts.OperatorKey,
            new { name = "Shop " + number, default_currency = "EUR", policy = policy.ToJson() });
        Shop shop = new(number, made.GetProperty("id").GetString()!, made.GetProperty("api_key").GetString()!, policy);
        foreach (CoinPay.Chains.Network network in OfferedNetworks.All)
        {
            object wallet = network.Family is EvmFamily ? ForwarderOf(world.Dice) : KeyOf(world, network);
            await CallAsync<PutWallet>(app, (function, request) => function.Run(request, shop.Id, network.Name, default), AppParts.OperatorKey, wallet);
        }
        if (shop.Events.Length > 0)
            await CallAsync<CreateWebhookEndpoint>(
                app, (function, request) => function.Run(request, default), shop.Key, new { url = $"https://{shop.Host}/hooks", events = shop.Events });
        return shop;
    }

    private static object ForwarderOf(Dice dice) => new { kind = "forwarder", settlement_address = "0x" + dice.Hex(20) };

    private static object KeyOf(World world, CoinPay.Chains.Network network)
    {
        byte[] chainCode = new byte[32];
        world.Dice.Fill(chainCode);
        string xpub = new ExtPubKey(Point, chainCode).ToString(BitcoinNetworks.Of(network));
        if (world.Dice.Chance(InUse))
            UseBefore(world, network, xpub);
        return new { kind = "xpub", xpub };
    }

    /// <summary>The wallet already has customers: some of its first addresses were paid.</summary>
    private static void UseBefore(World world, CoinPay.Chains.Network network, string xpub)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal) { ["xpub"] = xpub };
        ModelNode node = world.NodeOf(network.Name);
        foreach (string address in network.Family.WalletKind.AddressesFrom(network, fields, 0, world.Dice.Between(1, 4)))
        {
            string hash = node.Chain.NewHash(), coin = Outpoints.Name(node.Chain.NewHash(), 0);
            ChainTransfer payment = new(network.Assets[0].Asset, node.RecipientOf(address), null, hash, "0", 100_000) { Inputs = Outpoints.Of([coin]) };
            node.Chain.Broadcast(new(hash, coin, [payment], world.Now));
        }
        node.Chain.Mine();
        world.Coverage.Happened(Situations.UsedWallet);
    }

    private static async Task<JsonElement> CallAsync<TFunction>(
        AppProcess app, Func<TFunction, Microsoft.AspNetCore.Http.HttpRequest, Task<Microsoft.AspNetCore.Mvc.IActionResult>> run,
        string key, object body)
    {
        Reply reply = await app.CallAsync(run, key, JsonSerializer.SerializeToUtf8Bytes(body));
        if (reply.Status is not (200 or 201))
            throw new SimulationException($"set-up: {reply.Status} {System.Text.Encoding.UTF8.GetString(reply.Body)}");
        return JsonSerializer.Deserialize<JsonElement>(reply.Body);
    }
}
