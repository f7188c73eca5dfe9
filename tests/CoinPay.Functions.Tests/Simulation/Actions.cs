using System.Text.Json;
using CoinPay.Functions.Chains;
using CoinPay.Functions.Invoices;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>What shops, customers and chains do.</summary>
internal static class Actions
{
    private const int LeastOrders = 20;

    private static readonly (int Weight, Action<World> Do)[] All =
    [
        (14, Pay.Some), (10, Mine), (4, Pay.Late), (3, Pay.TwoInvoices), (2, Pay.Twice), (2, Pay.Dust), (2, Pay.OtherAsset),
        (3, Cancel), (2, Decisions.Fulfil), (2, Decisions.Resolve), (3, Reorganise), (3, Replace), (3, AskAgain), (2, AdvanceTwice),
    ];

    public static void Draw(World world, bool mayOrder)
    {
        bool isShort = world.Orders.Count < LeastOrders && !mayOrder;
        if (isShort || (mayOrder && world.Dice.Chance(0.35)))
            NewOrder(world);
        else
            world.Dice.Of(All)(world);
    }

    public static void Ask(World world, Order order) => world.Do(async process =>
    {
        order.Asking++;
        Reply reply = await process.CallAsync<CreateInvoice>(
            (function, request) => function.Run(request, process.Durable, default), order.Shop.Key, order.Body, order.IdempotencyKey);
        order.Asking--;
        if (reply.Status == 201)
            order.Answered(reply.Body);
        else
            Invariant.Require(reply.Status is 409 or 500 or 503, $"order {order.Number}: {reply.Status} {System.Text.Encoding.UTF8.GetString(reply.Body)}");
    });

    private static void NewOrder(World world)
    {
        Dice dice = world.Dice;
        Network network = dice.Of(OfferedNetworks.All);
        NetworkAsset asset = dice.Of(network.Assets);
        string symbol = asset.Asset.Symbol;
        string amount = symbol switch
        {
            "USDT" => $"{dice.Between(1, 90)}.{dice.Between(0, 99):D2}",
            "ETH" => $"0.0{dice.Between(1, 99):D2}",
            _ => $"0.00{dice.Between(10, 999):D3}",
        };
        bool inEuro = dice.Chance(0.25);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            order_id = "A-" + world.Orders.Count,
            price = new { amount = inEuro ? $"{dice.Between(1, 60)}.50" : amount, currency = inEuro ? "EUR" : symbol },
            network = network.Name,
            asset = symbol,
        });
        Order order = new(world.Orders.Count, dice.Of(world.Shops), network, asset, body, dice.Chance(0.85) ? dice.Hex(8) : null);
        world.Orders.Add(order);
        world.Log.Note($"order {order.Number} on {network.Name}");
        Ask(world, order);
        if (order.IdempotencyKey is not null && dice.Chance(0.15))
            Ask(world, order);
    }

    private static void AskAgain(World world)
    {
        Order[] known = [.. world.Orders.Where(order => order.IdempotencyKey is not null)];
        if (known.Length > 0)
            Ask(world, world.Dice.Of(known));
    }

    private static void Mine(World world) => world.Dice.Of(world.Nodes).Chain.Mine(world.Dice.Of([1.0, 0.7, 0.3]));

    private static void Reorganise(World world)
    {
        ModelNetwork chain = world.Dice.Of(world.Nodes).Chain;
        int depth = world.Dice.Of([(4, 1), (3, 2), (2, 4), (1, 7)]);
        chain.Reorganise(depth, world.Dice.Of([0.0, 0.2, 0.8]));
    }

    /// <summary>A fee bump with the same payment, a payment to somebody else, or less than before.</summary>
    private static void Replace(World world)
    {
        ModelNetwork[] busy = [.. world.Nodes.Select(node => node.Chain).Where(chain => chain.Pool.Count > 0)];
        if (busy.Length == 0)
            return;
        ModelNetwork chain = world.Dice.Of(busy);
        ModelTransaction waiting = world.Dice.Of(chain.Pool);
        string hash = chain.NewHash();
        ModelTransaction? by = world.Dice.Chance(0.4)
            ? null
            : waiting with
            {
                Hash = hash,
                Transfers = [.. waiting.Transfers.Select(transfer => transfer with
                {
                    TransactionHash = hash,
                    Amount = world.Dice.Chance(0.7) ? transfer.Amount : transfer.Amount / 2,
                })],
            };
        world.Log.Note($"{chain.Network.Name}: {waiting.Hash} is replaced by {by?.Hash}");
        chain.Replace(waiting, by);
    }

    private static void Cancel(World world)
    {
        Order[] open = [.. world.Orders.Where(order => order is { Answer: not null, IsCancelled: false })];
        if (open.Length == 0)
            return;
        Order order = world.Dice.Of(open);
        world.Do(async process =>
        {
            Reply reply = await process.CallAsync<CancelInvoice>(
                (function, request) => function.Run(request, order.Answer!.Id, process.Durable, default), order.Shop.Key, null);
            order.IsCancelled |= reply.Status == 200;
            Invariant.Require(reply.Status is 200 or 409 or 500, $"cancelling order {order.Number}: {reply.Status}");
        });
    }

    /// <summary>An activity runs at least once: here twice at a time, beside the one that the engine runs.</summary>
    private static void AdvanceTwice(World world)
    {
        Order[] known = [.. world.Orders.Where(order => order.Answer is not null)];
        if (known.Length == 0 || world.Process.IsDead)
            return;
        Order order = world.Dice.Of(known);
        // Only an instance calls it: one that was not started yet has none.
        if (world.Storage.Rows["HubInstances"].Find(order.Answer!.Id, "state") is null)
            return;
        InvoiceReference reference = new(order.Shop.Id, order.Answer.Id, order.Network.Name);
        for (int i = 0; i < 2; i++)
            world.Do(async process =>
            {
                try
                {
                    await process.RunAsync("AdvanceInvoice", reference);
                }
                catch (Exception failure) when (failure is not SimulationException)
                {
                    world.Failed(failure);
                }
            });
    }
}
