using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Simulation.Checks;

/// <summary>
/// One invoice as the rows of its partition have it, checked again whenever they changed: versions rise, what stood stands, hashes
/// chain, events fold to the snapshot, lines balance, the books agree, and every event has its evidence.
/// </summary>
internal sealed class AuditedInvoice(World world, string partition)
{
    private readonly List<(string Hash, InvoiceEvent Event)> _timeline = [];
    private readonly Dictionary<(string Asset, string Account), BigInteger> _balances = [];
    private int _lines;

    public Invoice State { get; private set; } = null!;

    public Books Books { get; private set; } = null!;

    /// <summary>Events by version and webhook type that merchants must hear of.</summary>
    public IEnumerable<(string EventId, string Type)> Told =>
        from happened in _timeline.Index()
        let type = happened.Item.Event.WebhookType()
        where type is not null
        select (Id.Derived("evt", happened.Item.Event.At, $"{State.Terms.Id}!{happened.Index + 1}"), type);

    /// <summary>Every time that a customer was asked for the rest.</summary>
    public IEnumerable<TopUpRequested> TopUps => _timeline.Select(step => step.Event).OfType<TopUpRequested>();

    public bool HasOutbox { get; private set; }

    public void Look(IReadOnlyList<Row> rows, DateTimeOffset since)
    {
        Row? snapshot = rows.FirstOrDefault(row => row.Key == "snapshot");
        Require(snapshot is not null, "rows without a snapshot");
        Row[] events = [.. rows.Where(row => row.Key.StartsWith("event!", StringComparison.Ordinal))];
        Require(events.Length >= _timeline.Count, "events are gone");
        for (int i = 0; i < _timeline.Count; i++)
            Require(events[i].Text("Hash") == _timeline[i].Hash, $"event {i + 1} was changed");
        foreach (Row row in events.Skip(_timeline.Count))
            Take(row, since);
        RequireSnapshot(snapshot!, rows);
        RequireLines([.. rows.Where(row => row.Key.StartsWith("line!", StringComparison.Ordinal))]);
        string? wrong = Books.Wrong(State.Status);
        Require(wrong is null, $"{wrong}");
        HasOutbox = rows.Any(row => row.Key.StartsWith("outbox!", StringComparison.Ordinal) || row.Key.StartsWith("search!", StringComparison.Ordinal));
    }

    private void Take(Row row, DateTimeOffset since)
    {
        int version = _timeline.Count + 1;
        string text = LongText(row);
        string hash = Timeline.Hash(_timeline.Count == 0 ? Timeline.Start : _timeline[^1].Hash, version, text);
        Require(row.Key == $"event!{version:D7}" && row.Text("Hash") == hash, $"event {version} does not chain");
        InvoiceEvent happened = StoredJson.Read<InvoiceEvent>(text);
        if (happened is InvoiceCreated created)
            Books = new(created.Terms);
        else
            Require(happened.At >= since && happened.At <= world.Now, $"{happened.Name()} says {happened.At:O}, and happened between {since:O} and {world.Now:O}");
        Invoice before = State;
        State = Invoice.Evolve(version == 1 ? null : before, happened);
        Books.Take(happened);
        EvidenceCheck.Require(world, this, happened);
        _timeline.Add((hash, happened));
        world.Coverage.Happened(happened.GetType().Name);
        if (Situations.Of(State, happened, EvidenceCheck.HasConflict(world, State, happened)) is { } situation)
            world.Coverage.Happened(situation);
    }

    private void RequireSnapshot(Row snapshot, IReadOnlyList<Row> rows)
    {
        Require(snapshot.Number("Version") == _timeline.Count, "the snapshot has another version than the timeline");
        Require(snapshot.Text("LastHash") == _timeline[^1].Hash, "the snapshot has another hash than the timeline");
        Require(
            LongText(snapshot) == StoredJson.Write(State with { Transfers = State.Transfers.Clear() }),
            $"the events fold to {StoredJson.Write(State)}, and the snapshot is {LongText(snapshot)}");
        string[] transfers = [.. rows.Where(row => row.Key.StartsWith("transfer!", StringComparison.Ordinal))
            .Select(LongText).Order(StringComparer.Ordinal)];
        Require(
            transfers.SequenceEqual(State.Transfers.Values.Select(transfer => StoredJson.Write(transfer)).Order(StringComparer.Ordinal)),
            "the events fold to other transfers than are stored");
    }

    /// <summary>Text that outgrows one property goes on in the next ones.</summary>
    private static string LongText(Row row)
    {
        string text = row.Text("Json")!;
        for (int part = 1; row.Properties.ContainsKey($"Json_{part}"); part++)
            text += row.Text($"Json_{part}");
        return text;
    }

    private void RequireLines(IReadOnlyList<Row> lines)
    {
        Require(lines.Count >= _lines, "lines are gone");
        foreach (Row line in lines.OrderBy(line => line.Key, StringComparer.Ordinal).Skip(_lines))
        {
            BigInteger amount = BigInteger.Parse(line.Text("Amount")!);
            Require(amount > 0, "a line of nothing");
            string asset = line.Text("AssetId")!;
            Post((asset, line.Text("Source")!), -amount);
            Post((asset, line.Text("Destination")!), amount);
        }
        _lines = lines.Count;
        Dictionary<(string Asset, string Account), BigInteger> expected = Books.Balances(State.Status);
        foreach ((string, string) account in expected.Keys.Union(_balances.Keys))
            Require(
                expected.GetValueOrDefault(account) == _balances.GetValueOrDefault(account),
                $"{account} has {_balances.GetValueOrDefault(account)}, and should have {expected.GetValueOrDefault(account)} ({State.Status})");
    }

    private void Post((string, string) account, BigInteger amount) => _balances[account] = _balances.GetValueOrDefault(account) + amount;

    public void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds)
            Fail(otherwise.Text);
    }

    public void Require(bool holds, string otherwise)
    {
        if (!holds)
            Fail(otherwise);
    }

    [DoesNotReturn]
    private void Fail(string otherwise) =>
        throw new SimulationException($"invoice {partition} ({State?.Terms.Network}): {otherwise}\n  its life: {string.Join("\n  ", _timeline.Select(one => one.Event.At.ToString("HH:mm:ss.fff") + " " + StoredJson.Write(one.Event)))}");
}
