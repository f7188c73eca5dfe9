using System.Text.Json;
using Azure;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Runtime;
using CoinPay.Simulation.Shops;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Storage.Direct;
using CancelInvoice = CoinPay.Functions.Invoices.CancelInvoice;

namespace CoinPay.Simulation.Golden;

/// <summary>One invoice in a world without random events.</summary>
internal sealed class GoldenLife
{
    private static readonly TimeSpan Poll = OfferedNetworks.OfBitcoinsKind.PollInterval + TimeSpan.FromSeconds(1);
    private readonly StorageDoor _door = new();
    private readonly Simulation.World _world;
    private readonly Order _order;
    private GoldenHistory? _before;
    private GoldenHistory? _lookedBackTo;

    public GoldenLife(ulong seed, ShopPolicy policy)
    {
        _world = new(seed, _door);
        _world.Do(process => process.StartAsync());
        _world.Do(async process => _world.Shops.Add(await Shop.OpenAsync(_world, process, 1, policy)));
        Turn(Poll);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            order_id = "A-1",
            price = new { amount = "0.00500", currency = "BTC" },
            network = OfferedNetworks.OfBitcoinsKind.Name,
            asset = "BTC",
        });
        _order = new(0, _world.Shops[0], OfferedNetworks.OfBitcoinsKind, OfferedNetworks.OfBitcoinsKind.Assets[0], body, "order-1");
        Actions.Ask(_world, _order);
        Turn(Poll);
    }

    private ModelNode Node => _world.NodeOf(_order.Network.Name);

    /// <summary>All that the hub holds of the invoice's current execution, or held of the one that was looked back to.</summary>
    public GoldenHistory History => _lookedBackTo ?? new(_world.Hub.Find(_order.Answer!.Id)!.History);

    public GoldenLife Wait(TimeSpan time, TimeSpan? step = null)
    {
        for (DateTimeOffset until = _world.Now + time; _world.Now < until;)
            Turn(step ?? TimeSpan.FromMinutes(1));
        return this;
    }

    /// <summary>Waits until the orchestration has continued as new.</summary>
    public GoldenLife WaitForNextExecution()
    {
        string execution = History.Start.OrchestrationInstance.ExecutionId;
        while (History is var now && now.Start.OrchestrationInstance.ExecutionId == execution)
        {
            _before = now;
            Turn(Poll);
        }
        return this;
    }

    /// <summary>What is recorded is the execution before, in its last moment.</summary>
    public GoldenLife LookBack()
    {
        _lookedBackTo = _before;
        return this;
    }

    public GoldenLife Pay()
    {
        Simulation.Pay.Whole(_world, _order);
        Turn(Poll);
        return this;
    }

    public GoldenLife Mine(int blocks)
    {
        for (int i = 0; i < blocks; i++)
            Node.Chain.Mine();
        Turn(Poll);
        return this;
    }

    public GoldenLife Cancel()
    {
        _world.Do(process => process.CallAsync<CancelInvoice>(
            (function, request) => function.Run(request, _order.Answer!.Id, process.Durable, default), _order.Shop.Key, null));
        Turn(Poll);
        return this;
    }

    public GoldenLife NodeDown()
    {
        Node.Trouble = Fault.NodeDown;
        return this;
    }

    /// <summary>Does something while the invoices' table refuses requests, so that the activity fails and is retried.</summary>
    public GoldenLife WithoutInvoices(Action what)
    {
        _door.Refused = "Invoices";
        what();
        _door.Refused = null;
        return this;
    }

    /// <summary>The time of looking out goes by, and the sweeper wakes what is over.</summary>
    public GoldenLife ToTheEnd()
    {
        Wait(_order.Answer!.MonitorUntil + TimeSpan.FromHours(2) - _world.Now, step: TimeSpan.FromMinutes(30));
        _world.Trigger("SweepWatches");
        Turn(Poll);
        return this;
    }

    private void Turn(TimeSpan time)
    {
        _world.Trigger("PollChain");
        _world.Advance(time);
    }

    /// <summary>Refuses calls to one table while enabled.</summary>
    private sealed class StorageDoor : Seams
    {
        public string? Refused { get; set; }

        public override ValueTask<TableAnswer> CallAsync(Simulation.World world, TableRequest request, TableCall tables) =>
            request.Table == Refused
                ? ValueTask.FromException<TableAnswer>(new RequestFailedException(503, "The server is busy.", "ServerBusy", null))
                : tables(request);
    }
}
