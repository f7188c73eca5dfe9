using CoinPay.Testing;
using DurableTask.Core;
using DurableTask.Core.History;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;

namespace CoinPay.Simulation.Golden;

/// <summary>
/// The recorded history of one execution, as the engine stores it: a file of one event a line in <c>Histories/version</c>, where the
/// version is that of host.json at the time. A line is the event's own JSON (Json.NET, as the backend writes its messages), its class
/// named by <c>EventType</c>.
/// </summary>
internal sealed record GoldenHistory(IReadOnlyList<HistoryEvent> Events)
{
    private const string Extension = ".jsonl";

    private static readonly JsonSerializer Form = JsonSerializer.Create(new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        DateTimeZoneHandling = DateTimeZoneHandling.Utc,
        Converters = { new StringEnumConverter() },
    });

    private static string Root => Path.Combine(RepositoryFiles.Root, "tests/CoinPay.Simulation/Golden/Histories");

    /// <summary>Every recorded history of every version: <c>1/paid</c>.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Root, "*" + Extension, SearchOption.AllDirectories)
        .Select(path => Path.ChangeExtension(Path.GetRelativePath(Root, path), null).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public ExecutionStartedEvent Start => Events.OfType<ExecutionStartedEvent>().Single();

    /// <summary>The orchestration's result; null while it is running.</summary>
    public string? Output => Events.OfType<ExecutionCompletedEvent>().SingleOrDefault()?.Result;

    /// <summary>The turns in their order.</summary>
    public IEnumerable<GoldenTurn> Turns
    {
        get
        {
            int[] begins = [.. Events.Index().Where(step => step.Item is OrchestratorStartedEvent).Select(step => step.Index), Events.Count];
            for (int turn = 1; turn < begins.Length; turn++)
                yield return new(turn, [.. Events.Take(begins[turn - 1])], [.. Events.Take(begins[turn - 1]..begins[turn])]);
        }
    }

    public static GoldenHistory Read(string name) => new([.. File.ReadLines(PathOf(name)).Select(ReadEvent)]);

    public void Write(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllLines(PathOf(name), Events.Select(step => JObject.FromObject(Brief(step), Form).ToString(Formatting.None)));
    }

    private static HistoryEvent ReadEvent(string line)
    {
        JObject step = JObject.Parse(line);
        string type = $"{typeof(HistoryEvent).Namespace}.{step[nameof(HistoryEvent.EventType)]}Event";
        return (HistoryEvent)step.ToObject(typeof(HistoryEvent).Assembly.GetType(type, throwOnError: true)!, Form)!;
    }

    /// <summary>A failure without its stack, which depends on the machine.</summary>
    private static HistoryEvent Brief(HistoryEvent step) => step is TaskFailedEvent { FailureDetails: { } failure } failed
        ? new TaskFailedEvent(
            failed.EventId, failed.TaskScheduledId, failed.Reason, failed.Details,
            new FailureDetails(failure.ErrorType, failure.ErrorMessage.Split('\n')[0], null, null, failure.IsNonRetriable))
        { Timestamp = failed.Timestamp }
        : step;

    private static string PathOf(string name) => Path.Combine(Root, name + Extension);
}

/// <summary>One turn of a recorded history.</summary>
/// <param name="Past">The events committed before it.</param>
/// <param name="Own">The events it added.</param>
internal sealed record GoldenTurn(int Number, IReadOnlyList<HistoryEvent> Past, IReadOnlyList<HistoryEvent> Own)
{
    /// <summary>What it took in, after the mark of its beginning.</summary>
    public IEnumerable<HistoryEvent> News => Own.Where(step => step is not OrchestratorCompletedEvent && Asked.Of(step) is null);
}
