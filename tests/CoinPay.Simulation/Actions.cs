using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Functions.Invoices;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Runtime;
using CoinPay.Simulation.Shops;
using CoinPay.Testing.Chains;

namespace CoinPay.Simulation;

/// <summary>What shops, customers and chains do.</summary>
internal static class Actions
{
    private const int MinOrders = 20;
    private const int MaxCaughtUp = 2 * MinOrders;
    private const int MaxTakenBack = 7;

    private static readonly (int Weight, Action<World> Do)[] All =
    [
        (14, Pay.Some), (10, Mine), (4, Pay.Late), (3, Pay.TwoInvoices), (2, Pay.Twice), (2, Pay.Dust), (2, Pay.OtherAsset),
        (2, Pay.OnTheWrongNetwork), (1, Pay.Burst), (1, Pay.Doubtful), (3, Pay.TheRest), (3, Cancel),
        (3, Decisions.Fulfil), (4, Decisions.Resolve), (2, Decisions.Reopen), (3, Reorganise),
        (2, TakeBack), (5, Replace), (3, AskAgain), (2, AdvanceTwice),
    ];

    public static void Draw(World world, bool mayOrder)
    {
        if (mayOrder ? world.Dice.Chance(0.35) : IsShort(world))
            NewOrder(world);
        else
            world.Dice.Of(All)(world);
    }

    /// <summary>A world whose process was dead for most of its life catches up on its orders.</summary>
    public static void CatchUp(World world)
    {
        for (int i = 0; i < MaxCaughtUp && IsShort(world); i++)
            NewOrder(world);
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

    /// <summary>An order counts that has an answer, or will be asked for until it has one.</summary>
    private static bool IsShort(World world) =>
        world.Orders.Count(order => order.IdempotencyKey is not null || order.Answer is not null) < MinOrders;

    private static void NewOrder(World world)
    {
        Dice dice = world.Dice;
        Network network = dice.Of(OfferedNetworks.Weighted);
        NetworkAsset asset = dice.Of(network.Assets);
        string symbol = asset.Asset.Symbol;
        string amount = symbol switch
        {
            "USDT" => $"{dice.Between(1, 90)}.{dice.Between(0, 99):D2}",
            "ETH" => $"0.0{dice.Between(1, 99):D2}",
            _ => $"0.00{dice.Between(10, 999):D3}",
        };
        bool inEuro = dice.Chance(0.35);
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

    /// <summary>The payment of a paid invoice, fulfilled perhaps, leaves with its block.</summary>
    private static void TakeBack(World world)
    {
        string[] paid = [.. world.Audit.Invoices
            .Where(one => one.State.IsPaid)
            .SelectMany(one => one.State.Transfers.Values)
            .Select(one => one.TransactionHash)];
        (ModelNetwork Chain, ModelBlock Block)[] recent = [.. world.Nodes.SelectMany(node => node.Chain.Blocks[^MaxTakenBack..]
            .Where(block => block.Transactions.Any(one => paid.Contains(one.Hash)))
            .Select(block => (node.Chain, block)))];
        if (recent.Length == 0)
            return;
        (ModelNetwork chain, ModelBlock last) = world.Dice.Of(recent);
        chain.Reorganise((int)(chain.Height - last.Height) + 1, world.Dice.Of([0.3, 1.0]));
    }

    /// <summary>A fee bump with the same payment, or less than before; to somebody else, from the same coin; or it is dropped.</summary>
    private static void Replace(World world)
    {
        ModelNetwork[] busy = [.. world.Nodes.Select(node => node.Chain).Where(chain => chain.Pool.Count > 0)];
        if (busy.Length == 0)
            return;
        ModelNetwork chain = Array.Find(busy, one => !one.IsEvm && world.Dice.Chance(0.7)) ?? world.Dice.Of(busy);
        ModelTransaction waiting = world.Dice.Of(chain.Pool);
        string hash = chain.NewHash();
        ModelTransaction? by = world.Dice.Of([(2, Again(world.Dice, waiting, hash)), (2, waiting with { Hash = hash, Transfers = [] }), (1, null)]);
        world.Log.Note($"{chain.Network.Name}: {waiting.Hash} is replaced by {by?.Hash}");
        chain.Replace(waiting, by);
    }

    private static ModelTransaction Again(Dice dice, ModelTransaction waiting, string hash) => waiting with
    {
        Hash = hash,
        Transfers = [.. waiting.Transfers.Select(transfer => transfer with
        {
            TransactionHash = hash,
            Amount = dice.Chance(0.7) ? transfer.Amount : transfer.Amount / 2,
        })],
    };

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
        if (world.Hub.Find(order.Answer!.Id) is null)
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
