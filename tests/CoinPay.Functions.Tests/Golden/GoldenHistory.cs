using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoinPay.Embedded.Durable;
using CoinPay.Tests;

namespace CoinPay.Functions.Tests.Golden;

/// <summary>
/// The recorded history of one instance, as the engine had it: a file of one event a line in <c>Histories/version</c>, where the
/// version is that of host.json at the time.
/// </summary>
internal sealed record GoldenHistory(OrchestrationState State, IReadOnlyList<HistoryEvent> Events)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private static string Root => Path.Combine(RepositoryFiles.Root, "tests/CoinPay.Functions.Tests/Golden/Histories");

    /// <summary>Every recorded history of every version: <c>1/paid</c>.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Root, "*.json", SearchOption.AllDirectories)
        .Select(path => Path.ChangeExtension(Path.GetRelativePath(Root, path), null).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public static GoldenHistory Read(string name)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(PathOf(name)));
        JsonElement root = file.RootElement;
        return new(
            root.GetProperty("state").Deserialize<OrchestrationState>(Form)!,
            root.GetProperty("events").Deserialize<HistoryEvent[]>(Form)!);
    }

    public void Write(string name)
    {
        // What tells of this machine or of one write only has no place in a recording.
        OrchestrationState state = State with { ETag = default, Owner = 0 };
        IEnumerable<string> lines = Events.Select(step => "    " + JsonSerializer.Serialize(step with { Failure = Brief(step) }, Form));
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(
            PathOf(name),
            $"{{\n  \"state\": {JsonSerializer.Serialize(state, Form)},\n  \"events\": [\n{string.Join(",\n", lines)}\n  ]\n}}\n");
    }

    private static Microsoft.DurableTask.TaskFailureDetails? Brief(HistoryEvent step) =>
        step.Failure is { } failure ? new(failure.ErrorType, failure.ErrorMessage.Split('\n')[0], null, null, null) : null;

    private static string PathOf(string name) => Path.Combine(Root, name + ".json");
}
