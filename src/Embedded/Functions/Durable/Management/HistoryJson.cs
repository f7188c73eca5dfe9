using System.Text.Json.Nodes;

namespace CoinPay.Embedded.Durable.Management;

/// <summary>
/// A history as the management API shows it: an outcome carries the name and the time of what was scheduled, which is not listed
/// itself unless it still waits.
/// </summary>
internal static class HistoryJson
{
    public static JsonArray Of(StoredInstance instance, bool withOutput)
    {
        Dictionary<int, HistoryEvent> asked = instance.History.Where(step => step.IsAction).ToDictionary(step => step.TaskId);
        HashSet<int> settled = [.. instance.History.Where(step => !step.IsAction && step.TaskId >= 0).Select(step => step.TaskId)];
        return new([.. instance.History
            .Where(step => step.Type == HistoryEventType.TimerCreated || !step.IsAction || !settled.Contains(step.TaskId))
            .Select(JsonNode (step) => Of(step, asked.GetValueOrDefault(step.TaskId), withOutput))]);
    }

    private static JsonObject Of(HistoryEvent step, HistoryEvent? asked, bool withOutput)
    {
        JsonObject json = new() { ["EventType"] = step.Type.ToString(), ["Timestamp"] = step.At.UtcDateTime };
        bool outcome = asked is not null && !step.IsAction;
        if (outcome)
        {
            json["ScheduledTime"] = asked!.At.UtcDateTime;
            json["DurationMs"] = (long)(step.At - asked.At).TotalMilliseconds;
        }
        if (step.Type == HistoryEventType.ExecutionCompleted)
            json["OrchestrationStatus"] = step.Name;
        else if (step.Type == HistoryEventType.EventRaised)
            json["Name"] = step.Name;
        else if ((asked ?? step).Name is { } function)
            json["FunctionName"] = function;
        if (step.FireAt is { } due)
            json["FireAt"] = due.UtcDateTime;
        if ((asked ?? step).ChildId is { } child)
            json["InstanceId"] = child;
        if (withOutput && (outcome ? asked : step)!.Input is { } input)
            json["Input"] = InstanceJson.Value(input);
        if (withOutput && step.Result is { } result)
            json["Result"] = InstanceJson.Value(result);
        if (step.Failure is { } failure)
        {
            json["Reason"] = failure.ErrorMessage;
            json["Details"] = withOutput ? failure.StackTrace : null;
        }
        return json;
    }
}
