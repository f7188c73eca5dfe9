using CoinPay.Simulation.Runtime;

namespace CoinPay.Simulation.Checks;

/// <summary>Which events happened in a step in which which fault struck: event × fault, counted.</summary>
internal sealed class Coverage
{
    private readonly Dictionary<(string Event, Fault Fault), long> _cells = [];
    private readonly Dictionary<string, long> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<Fault, long> _faults = [];
    private readonly HashSet<Fault> _struck = [];

    /// <summary>Forgets which faults struck: another step begins.</summary>
    public void Step() => _struck.Clear();

    public void Struck(Fault fault)
    {
        _struck.Add(fault);
        _faults[fault] = _faults.GetValueOrDefault(fault) + 1;
    }

    public void Happened(string name)
    {
        _events[name] = _events.GetValueOrDefault(name) + 1;
        foreach (Fault fault in _struck)
            _cells[(name, fault)] = _cells.GetValueOrDefault((name, fault)) + 1;
    }

    public void Add(Coverage other)
    {
        foreach ((var cell, long count) in other._cells)
            _cells[cell] = _cells.GetValueOrDefault(cell) + count;
        foreach ((string name, long count) in other._events)
            _events[name] = _events.GetValueOrDefault(name) + count;
        foreach ((Fault fault, long count) in other._faults)
            _faults[fault] = _faults.GetValueOrDefault(fault) + count;
    }

    /// <summary>Pairs of an event and a fault that never occurred together.</summary>
    public IEnumerable<string> EmptyCells(IEnumerable<string> events) =>
        from name in events
        from fault in Enum.GetValues<Fault>()
        where !_cells.ContainsKey((name, fault))
        select $"{name} × {fault}";

    /// <summary>Events, situations and faults that never occurred.</summary>
    public IEnumerable<string> Unseen(IEnumerable<string> names) =>
        [.. names.Where(name => !_events.ContainsKey(name)),
            .. Enum.GetValues<Fault>().Where(fault => !_faults.ContainsKey(fault)).Select(fault => fault.ToString())];

    public string Counts(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"{name} {_events.GetValueOrDefault(name)}"));

    public string Table(IEnumerable<string> events)
    {
        Fault[] faults = Enum.GetValues<Fault>();
        System.Text.StringBuilder text = new();
        text.Append($"{"",-22}{"all",9}");
        for (int i = 0; i < faults.Length; i++)
            text.Append($"{(char)('A' + i),8}");
        text.AppendLine().Append($"{"all",-22}{"",9}");
        foreach (Fault fault in faults)
            text.Append($"{_faults.GetValueOrDefault(fault),8}");
        text.AppendLine();
        foreach (string name in events)
        {
            text.Append($"{name,-22}{_events.GetValueOrDefault(name),9}");
            foreach (Fault fault in faults)
                text.Append($"{_cells.GetValueOrDefault((name, fault)),8}");
            text.AppendLine();
        }
        text.AppendLine(string.Join("  ", faults.Select((fault, i) => $"{(char)('A' + i)} {fault}")));
        return text.ToString();
    }
}
