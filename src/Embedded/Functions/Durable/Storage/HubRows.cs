using Azure.Data.Tables;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>States, events and inbox items as rows and back.</summary>
internal static class HubRows
{
    public static TableEntity Of(OrchestrationState state, bool withInput)
    {
        TableEntity row = new(HubKeys.Partition(state.InstanceId), HubKeys.State)
        {
            ["InstanceId"] = state.InstanceId,
            ["Name"] = state.Name,
            ["ExecutionId"] = state.ExecutionId,
            ["Status"] = state.Status.ToString(),
            ["CreatedAt"] = state.CreatedAt,
            ["UpdatedAt"] = state.UpdatedAt,
            ["Generation"] = state.Generation,
            ["Sequence"] = state.Sequence,
            ["Turn"] = state.Turn,
            ["Owner"] = state.Owner,
        };
        Set(row, "StartAt", state.StartAt);
        if (withInput)
            RowText.Put(row, "Input", state.Input);
        RowText.Put(row, "Output", state.Output);
        RowText.Put(row, "CustomStatus", state.CustomStatus);
        RowText.PutFailure(row, "Failure", state.Failure);
        if (state.Parent is { } parent)
        {
            row["ParentId"] = parent.InstanceId;
            row["ParentName"] = parent.Name;
            row["ParentExecutionId"] = parent.ExecutionId;
            row["ParentGeneration"] = parent.Generation;
            row["ParentTaskId"] = parent.TaskId;
        }
        return row;
    }

    public static OrchestrationState State(TableEntity row) =>
        new(row.GetString("InstanceId"), row.GetString("Name"), row.GetString("ExecutionId"))
        {
            Status = Enum.Parse<OrchestrationRuntimeStatus>(row.GetString("Status")),
            Input = RowText.Get(row, "Input"),
            Output = RowText.Get(row, "Output"),
            CustomStatus = RowText.Get(row, "CustomStatus"),
            Failure = RowText.GetFailure(row, "Failure"),
            CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
            UpdatedAt = row.GetDateTimeOffset("UpdatedAt")!.Value,
            StartAt = row.GetDateTimeOffset("StartAt"),
            Generation = row.GetInt32("Generation")!.Value,
            Sequence = row.GetInt32("Sequence")!.Value,
            Turn = row.GetInt32("Turn")!.Value,
            Owner = row.GetInt64("Owner") ?? 0,
            ETag = row.ETag,
            Parent = row.GetString("ParentId") is { } parent
                ? new(parent, row.GetString("ParentName"), row.GetString("ParentExecutionId"),
                    row.GetInt32("ParentGeneration")!.Value, row.GetInt32("ParentTaskId")!.Value)
                : null,
        };

    public static TableEntity Of(OrchestrationState state, HistoryEvent step)
    {
        TableEntity row = new(HubKeys.Partition(state.InstanceId), HubKeys.History(state.Generation, step.Sequence))
        {
            ["Type"] = step.Type.ToString(),
            ["At"] = step.At,
            ["Sequence"] = step.Sequence,
            ["Turn"] = step.Turn,
            ["TaskId"] = step.TaskId,
        };
        Set(row, "Name", step.Name);
        Set(row, "FireAt", step.FireAt);
        Set(row, "ChildId", step.ChildId);
        if (step.Input is not null)
            RowText.Put(row, "Input", step.Input);
        if (step.Result is not null)
            RowText.Put(row, "Result", step.Result);
        if (step.Failure is not null)
            RowText.PutFailure(row, "Failure", step.Failure);
        return row;
    }

    public static HistoryEvent History(TableEntity row) =>
        new(Enum.Parse<HistoryEventType>(row.GetString("Type")), row.GetDateTimeOffset("At")!.Value)
        {
            Sequence = row.GetInt32("Sequence")!.Value,
            Turn = row.GetInt32("Turn")!.Value,
            TaskId = row.GetInt32("TaskId")!.Value,
            Name = row.GetString("Name"),
            FireAt = row.GetDateTimeOffset("FireAt"),
            ChildId = row.GetString("ChildId"),
            Input = RowText.Get(row, "Input"),
            Result = RowText.Get(row, "Result"),
            Failure = RowText.GetFailure(row, "Failure"),
        };

    public static TableEntity Of(string instanceId, InboxItem item)
    {
        TableEntity row = new(HubKeys.Partition(instanceId), item.RowKey)
        {
            ["Type"] = item.Type.ToString(),
            ["ExecutionId"] = item.ExecutionId,
            ["Generation"] = item.Generation,
            ["TaskId"] = item.TaskId,
        };
        Set(row, "Name", item.Name);
        RowText.Put(row, "Payload", item.Payload);
        RowText.PutFailure(row, "Failure", item.Failure);
        return row;
    }

    public static InboxItem Inbox(TableEntity row) =>
        new(Enum.Parse<HistoryEventType>(row.GetString("Type")))
        {
            RowKey = row.RowKey,
            ExecutionId = row.GetString("ExecutionId"),
            Generation = row.GetInt32("Generation")!.Value,
            TaskId = row.GetInt32("TaskId")!.Value,
            Name = row.GetString("Name"),
            Payload = RowText.Get(row, "Payload"),
            Failure = RowText.GetFailure(row, "Failure"),
        };

    private static void Set(TableEntity row, string name, object? value)
    {
        if (value is not null)
            row[name] = value;
    }
}
