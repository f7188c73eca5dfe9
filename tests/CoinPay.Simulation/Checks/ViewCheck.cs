using CoinPay.Simulation.Chains;

namespace CoinPay.Simulation.Checks;

/// <summary>
/// At any moment: once the cursor of a network says that a whole reading is stored, the views are what that reading showed, no
/// more and no less. With <see cref="AcknowledgementCheck"/>, and the books that follow from what is taken up, the books can differ
/// from the chain by two things only: what happened on the chain since that reading, and invoices whose pending row stands.
/// </summary>
internal static class ViewCheck
{
    public static void Require(World world)
    {
        foreach (ModelNode node in world.Nodes)
            if (node.Evidence.Last is { IsChecked: false } reading && IsStored(world, node, reading))
            {
                reading.IsChecked = true;
                Require(world, node, reading);
            }
    }

    private static bool IsStored(World world, ModelNode node, Evidence.Snapshot reading) =>
        world.Storage.Rows["Chains"].Find(node.Network.Name, "cursor")?.Value("CompletePollBeganAt") is DateTimeOffset since && since == reading.Since;

    private static void Require(World world, ModelNode node, Evidence.Snapshot reading)
    {
        Dictionary<string, string> watched = world.Audit.Invoices.Select(invoice => invoice.State.Terms)
            .Where(terms => terms.MonitorUntil > world.Now && world.NodeOf(terms.Network).Chain.IsEvm == node.Chain.IsEvm)
            .ToDictionary(terms => node.RecipientOf(terms.Address), terms => terms.Id, StringComparer.Ordinal);
        HashSet<string> ids = [.. watched.Values];
        string[] shown = [.. reading.Present
            .Where(one => watched.ContainsKey(one.Transfer.Recipient) && Standing.IsCredited(node.Network, one.Transfer))
            .Select(one => $"{watched[one.Transfer.Recipient]} {one.Transfer.Key} in {one.BlockHash}")
            .Order(StringComparer.Ordinal)];
        string[] stored = [.. world.Audit.Rows("Watches")
            .Where(row => row.Key.StartsWith("view!", StringComparison.Ordinal) && row.Text("Network") == node.Network.Name && row.Text("Lost") is null)
            .Select(row => (Id: row.Key.Split('!')[1], Key: $"{row.Text("TransactionHash")}.{row.Text("Ordinal")!.Split('@')[0]}", Block: row.Text("BlockHash")))
            .Where(view => ids.Contains(view.Id))
            .Select(view => $"{view.Id} {view.Key} in {view.Block}")
            .Order(StringComparer.Ordinal)];
        Invariant.Require(
            shown.SequenceEqual(stored),
            $"{node.Network.Name}: shown and not stored are {string.Join(", ", shown.Except(stored))}; stored and not shown are {string.Join(", ", stored.Except(shown))}");
    }
}
