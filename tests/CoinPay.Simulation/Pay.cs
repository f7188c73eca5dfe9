using System.Numerics;
using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Runtime;
using CoinPay.Simulation.Shops;
using CoinPay.Testing.Chains;

namespace CoinPay.Simulation;

/// <summary>How customers pay.</summary>
internal static class Pay
{
    public static void Some(World world) => Send(world, world.Dice, Open(world, order => order.Answer!.ExpiresAt > world.Now));

    public static void Late(World world) => Send(world, world.Dice, Open(world, order => order.Answer!.ExpiresAt <= world.Now));

    public static void Dust(World world)
    {
        if (Choose(world, Open(world, _ => true)) is { } order)
            Broadcast(world, order.Network, [(order, order.Asset, order.Asset.Dust - 1)]);
    }

    /// <summary>A listed asset, but not the one that is due.</summary>
    public static void OtherAsset(World world)
    {
        if (Choose(world, Open(world, order => order.Network.Assets.Count > 1)) is not { } order)
            return;
        NetworkAsset other = order.Network.Assets.First(asset => asset != order.Asset);
        Broadcast(world, order.Network, [(order, other, other.Dust * 1_000)]);
    }

    /// <summary>More payments at once than one commit holds.</summary>
    public static void Burst(World world) => Burst(world, isDoubtful: false);

    /// <summary>As many of which the node cannot tell what they brought.</summary>
    public static void Doubtful(World world) => Burst(world, isDoubtful: true);

    private static void Burst(World world, bool isDoubtful)
    {
        if (Choose(world, Open(world, _ => true)) is not { } order)
            return;
        BigInteger each = BigInteger.Max(order.Asset.Dust, order.Answer!.Due / world.Dice.Between(5, 40));
        for (int more = world.Dice.Between(10, 40); more > 0; more--)
            Broadcast(world, order.Network, [(order, order.Asset, each)], isDoubtful);
    }

    public static void TwoInvoices(World world)
    {
        if (Choose(world, Open(world, CanBePaidTogether)) is not { } first
            || Choose(world, Open(world, order => order != first && order.Network == first.Network && CanBePaidTogether(order))) is not { } second)
            return;
        Broadcast(world, first.Network, [(first, first.Asset, first.Answer!.Due), (second, second.Asset, second.Answer!.Due)]);
    }

    /// <summary>The same invoice in two transfers of one transaction.</summary>
    public static void Twice(World world)
    {
        if (Choose(world, Open(world, CanBePaidTogether)) is { } order)
            Broadcast(
                world, order.Network,
                [(order, order.Asset, order.Answer!.Due / 2), (order, order.Asset, order.Answer.Due - (order.Answer.Due / 2))]);
    }

    /// <summary>The invoice's address on the other network where a forwarder has the same one.</summary>
    public static void OnTheWrongNetwork(World world)
    {
        if (Choose(world, Open(world, order => order.Network.Family is EvmFamily)) is not { } order)
            return;
        Network other = order.Network == OfferedNetworks.First ? OfferedNetworks.Second : OfferedNetworks.First;
        NetworkAsset asset = other.Assets.Single(listed => listed.Asset.Symbol == order.Asset.Asset.Symbol);
        Broadcast(world, other, [(order, asset, order.Answer!.Due)]);
    }

    /// <summary>The rest that a customer was asked for after paying too little.</summary>
    public static void TheRest(World world)
    {
        if (Choose(world, Open(world, order => MissingOf(world, order) > 0)) is { } order)
            Broadcast(world, order.Network, [(order, order.Asset, MissingOf(world, order))]);
    }

    /// <summary>The full price, whatever the invoice's state.</summary>
    public static void Whole(World world, Order order) => Broadcast(world, order.Network, [(order, order.Asset, order.Answer!.Due)]);

    private static BigInteger MissingOf(World world, Order order) =>
        world.Audit.Find(order.Answer!.Id)?.State is { TopUp: not null, WindowClosed: false } asked ? asked.Terms.Due.Base - asked.Seen : 0;

    /// <summary>A transaction carries the EVM's own coin to one recipient only.</summary>
    private static bool CanBePaidTogether(Order order) =>
        order.Network.Family is BitcoinFamily || order.Asset.Contract is not null;

    private static void Send(World world, Dice dice, Order[] orders)
    {
        if (Choose(world, orders) is not { } order)
            return;
        BigInteger due = order.Answer!.Due;
        BigInteger[] parts = dice.Of<BigInteger[]>(
        [
            [due], [due], [due], [due / 2], [due / 2, due - (due / 2)], [due / 3, due / 3, due / 3], [due + (due / 50)], [due * 2],
            [due - (due / 100)], [due - (due / 20)], [due - 1], [due + 1], [due, due],
        ]);
        foreach (BigInteger part in parts)
            Broadcast(world, order.Network, [(order, order.Asset, part)]);
    }

    private static Order[] Open(World world, Func<Order, bool> which) =>
        [.. world.Orders.Where(order => order.Answer is not null && which(order))];

    private static Order? Choose(World world, Order[] orders) => orders.Length == 0 ? null : world.Dice.Of(orders);

    private static void Broadcast(
        World world, Network network, IReadOnlyList<(Order Order, NetworkAsset Asset, BigInteger Amount)> payments, bool isDoubtful = false)
    {
        ModelNode node = world.NodeOf(network.Name);
        string hash = node.Chain.NewHash();
        string coin = node.Chain.IsEvm ? "nonce of " + hash : Outpoints.Name(node.Chain.NewHash(), 0);
        List<ChainTransfer> transfers = [];
        foreach ((Order order, NetworkAsset asset, BigInteger amount) in payments)
        {
            string recipient = node.RecipientOf(order.Answer!.Address);
            int same = transfers.Count(transfer => transfer.Recipient == recipient);
            string ordinal = network.Family is BitcoinFamily ? $"{transfers.Count}"
                : asset.Contract is { } contract ? $"{contract.ToLowerInvariant()}.{same}" : "native";
            transfers.Add(new(asset.Asset, recipient, null, hash, ordinal, amount)
            {
                Inputs = node.Chain.IsEvm ? Outpoints.None : Outpoints.Of([coin]),
                IsAmbiguous = isDoubtful,
            });
            world.Log.Note($"order {order.Number} is paid {amount} {asset.Asset.Symbol} by {hash}");
        }
        node.Chain.Broadcast(new(hash, coin, transfers, world.Now));
    }
}
