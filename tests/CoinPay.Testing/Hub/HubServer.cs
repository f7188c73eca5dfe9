using Azure;
using DurableTask.Core;
using DurableTask.Core.History;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.Extensions.Logging.Abstractions;
using P = Microsoft.DurableTask.Protobuf;
using Status = Grpc.Core.Status;

namespace CoinPay.Testing.Hub;

/// <summary>
/// The end of a hub that the published client speaks to, with the answers and refusals of the published host extension. Source:
/// Microsoft.Azure.WebJobs.Extensions.DurableTask 3.19, <c>TaskHubGrpcServer</c> and <c>DurableClient</c>, over
/// <c>AzureStorageOrchestrationService.CreateTaskOrchestrationAsync</c>. It serves what the app asks for; anything else is
/// <see cref="StatusCode.Unimplemented"/>.
/// </summary>
internal sealed class HubServer(MemoryHub hub, HubDoor door)
{
    /// <summary>An id whose instance is in one of these is never started again, whatever the client allows: the extension's default.</summary>
    private static readonly OrchestrationStatus[] NeverReplaced =
        [OrchestrationStatus.Running, OrchestrationStatus.Pending, OrchestrationStatus.Suspended];

    /// <summary>A client over this end: the published one, with the worker's own converter.</summary>
    public DurableTaskClient Client() => new GrpcDurableTaskClient(
        "default",
        new GrpcDurableTaskClientOptions
        {
            CallInvoker = new HubCallInvoker(AnswerAsync),
            DataConverter = HubFunctions.Converter,
            EnableEntitySupport = true,
        },
        NullLogger.Instance);

    private async Task<object> AnswerAsync(object request)
    {
        try
        {
            return request switch
            {
                P.CreateInstanceRequest start => await StartAsync(start),
                P.RaiseEventRequest raise => await RaiseAsync(raise),
                P.GetInstanceRequest get => await GetAsync(get),
                P.QueryInstancesRequest query => await QueryAsync(query),
                P.PurgeInstancesRequest purge => await PurgeAsync(purge),
                _ => throw Refusal(StatusCode.Unimplemented, request.GetType().Name),
            };
        }
        catch (RequestFailedException failure)
        {
            throw Refusal(request is P.CreateInstanceRequest ? StatusCode.Internal : StatusCode.Unknown, failure.Message);
        }
    }

    /// <summary>The message before the row: a crash between the two leaves a start that is given up in the end.</summary>
    private async Task<P.CreateInstanceResponse> StartAsync(P.CreateInstanceRequest request)
    {
        string id = request.InstanceId;
        InstanceRow? seen = await ReadAsync(id);
        if (seen is not null && (NeverReplaced.Contains(seen.Status) || !MayReplace(request, seen.Status)))
            throw Refusal(StatusCode.AlreadyExists, $"An Orchestration instance with the ID {id} already exists.");
        InstanceRow row = new(
            request.Name, request.Version ?? hub.Version, hub.NewExecutionId(), seen is null ? 0 : seen.Generation + 1, hub.Now, request.Input);
        ExecutionStartedEvent started = new(-1, request.Input)
        {
            Name = row.Name,
            Version = row.Version,
            OrchestrationInstance = new() { InstanceId = id, ExecutionId = row.ExecutionId },
            Generation = row.Generation,
            Timestamp = hub.Now.UtcDateTime,
        };
        await door.PassAsync(HubAction.Send, id, () => hub.Send(new(id, row.ExecutionId, started, row.Generation)));
        // Another start may have been first: that is no failure.
        await door.PassAsync(HubAction.InsertRow, id, () => hub.TryInsertRow(id, row with { UpdatedAt = hub.Now }, seen));
        return new() { InstanceId = id };
    }

    private static bool MayReplace(P.CreateInstanceRequest request, OrchestrationStatus status) =>
        request.OrchestrationIdReusePolicy is not { } policy
        || policy.ReplaceableStatus.Contains((P.OrchestrationStatus)status);

    private async Task<P.RaiseEventResponse> RaiseAsync(P.RaiseEventRequest request)
    {
        string id = request.InstanceId;
        if (await ReadAsync(id) is not { } row)
            throw Refusal(StatusCode.NotFound, $"No instance with ID '{id}' was found.");
        if (row.IsOver)
            throw Refusal(StatusCode.FailedPrecondition, "The orchestration instance with the provided instance id is not running.");
        await door.PassAsync(HubAction.Send, id, () => hub.Send(new(id, null, new EventRaisedEvent(-1, request.Input)
        {
            Name = request.Name,
            Timestamp = hub.Now.UtcDateTime,
        })));
        return new();
    }

    private async Task<P.GetInstanceResponse> GetAsync(P.GetInstanceRequest request) =>
        await ReadAsync(request.InstanceId) is { } row
            ? new() { Exists = true, OrchestrationState = Answer(request.InstanceId, row, request.GetInputsAndOutputs) }
            : new() { Exists = false };

    private async Task<P.QueryInstancesResponse> QueryAsync(P.QueryInstancesRequest request)
    {
        P.InstanceQuery query = request.Query;
        P.QueryInstancesResponse page = new();
        HubInstance[] found = await door.PassAsync(HubAction.Query, "", () => hub.Instances
            .Where(instance => string.CompareOrdinal(instance.Id, query.ContinuationToken ?? "") > 0 && Matches(instance, query))
            .Take(query.MaxInstanceCount)
            .ToArray());
        page.OrchestrationState.AddRange(found.Select(instance => Answer(instance.Id, instance.Row!, query.FetchInputsAndOutputs)));
        if (found.Length == query.MaxInstanceCount)
            page.ContinuationToken = found[^1].Id;
        return page;
    }

    private static bool Matches(HubInstance instance, P.InstanceQuery query) =>
        instance.Row is { } row
        && instance.Id.StartsWith(query.InstanceIdPrefix ?? "", StringComparison.Ordinal)
        && (query.CreatedTimeFrom is null || row.CreatedAt >= query.CreatedTimeFrom.ToDateTimeOffset())
        && (query.CreatedTimeTo is null || row.CreatedAt <= query.CreatedTimeTo.ToDateTimeOffset())
        && (query.RuntimeStatus.Count == 0 || query.RuntimeStatus.Contains((P.OrchestrationStatus)row.Status));

    private async Task<P.PurgeInstancesResponse> PurgeAsync(P.PurgeInstancesRequest request)
    {
        if (request.RequestCase != P.PurgeInstancesRequest.RequestOneofCase.InstanceId)
            throw Refusal(StatusCode.Unimplemented, "The hub purges one instance at a time.");
        string id = request.InstanceId;
        InstanceRow? row = await ReadAsync(id);
        if (row is { IsOver: false })
            throw Refusal(StatusCode.FailedPrecondition, $"Only orchestrations in a terminal state can be purged, but {id} is {row.Status}");
        bool isGone = row is not null && await door.PassAsync(HubAction.Purge, id, () => hub.Purge(id));
        return new() { DeletedInstanceCount = isGone ? 1 : 0, IsComplete = true };
    }

    private Task<InstanceRow?> ReadAsync(string instanceId) => door.PassAsync(HubAction.ReadRow, instanceId, () => hub.Find(instanceId)?.Row);

    private static P.OrchestrationState Answer(string id, InstanceRow row, bool withValues)
    {
        P.OrchestrationState answer = new()
        {
            InstanceId = id,
            Name = row.Name,
            OrchestrationStatus = (P.OrchestrationStatus)row.Status,
            CreatedTimestamp = Timestamp.FromDateTimeOffset(row.CreatedAt),
            LastUpdatedTimestamp = Timestamp.FromDateTimeOffset(row.UpdatedAt),
            CustomStatus = row.CustomStatus,
        };
        if (withValues)
            (answer.Input, answer.Output) = (row.Input, row.Output);
        return answer;
    }

    private static RpcException Refusal(StatusCode code, string detail) => new(new Status(code, detail));
}
