using System.Text.Json.Nodes;
using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Http;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Embedded.Durable.Management;

/// <summary>
/// Durable's HTTP management API for operators, behind the system key:
/// <see href="https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api"/>.
/// </summary>
internal sealed class ManagementApi(HubClient client, HubStore store)
{
    private const string Root = "/runtime/webhooks/durabletask/instances";
    private const string ContinuationHeader = "x-ms-continuation-token";
    private const int DefaultTop = 100;
    private const int MaxTop = 1000;

    public static void Map(WebApplication app)
    {
        ManagementApi api = ActivatorUtilities.CreateInstance<ManagementApi>(app.Services);
        HostKeys keys = app.Services.GetRequiredService<HostKeys>();
        Endpoint On(string method, string route, RequestDelegate answer) =>
            keys.Guard(AuthorizationLevel.System, [method], Root + route, answer);
        ((IEndpointRouteBuilder)app).DataSources.Add(new DefaultEndpointDataSource(
            On("GET", "", api.ListAsync),
            On("GET", "/{id}", api.GetAsync),
            On("DELETE", "/{id}", api.PurgeAsync),
            On("POST", "/{id}/raiseEvent/{name}", api.RaiseEventAsync),
            On("POST", "/{id}/terminate", api.TerminateAsync)));
    }

    private async Task ListAsync(HttpContext http)
    {
        OrchestrationQuery query = new()
        {
            CreatedFrom = Instant(http, "createdTimeFrom"),
            CreatedTo = Instant(http, "createdTimeTo"),
            InstanceIdPrefix = http.Request.Query["instanceIdPrefix"],
            FetchInputsAndOutputs = true,
            Statuses = [.. Text(http, "runtimeStatus").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(name => Enum.Parse<OrchestrationRuntimeStatus>(name, ignoreCase: true))],
        };
        int top = int.TryParse(http.Request.Query["top"], out int wanted) ? Math.Clamp(wanted, 1, MaxTop) : DefaultTop;
        string? continuation = http.Request.Headers[ContinuationHeader].FirstOrDefault();
        List<OrchestrationState> found = [];
        do
        {
            (IReadOnlyList<OrchestrationState> states, continuation) =
                await client.ListAsync(query, top - found.Count, continuation, http.RequestAborted);
            found.AddRange(states);
        }
        while (found.Count < top && continuation is not null);
        if (continuation is not null)
            http.Response.Headers[ContinuationHeader] = continuation;
        bool input = Flag(http, "showInput", otherwise: true);
        await http.Response.WriteAsJsonAsync(
            new JsonArray([.. found.Select(state => InstanceJson.Of(state, input))]), http.RequestAborted);
    }

    private async Task GetAsync(HttpContext http)
    {
        StoredInstance? stored = await store.LoadAsync(Id(http), evenEnded: true, http.RequestAborted);
        if (stored is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        JsonObject json = InstanceJson.Of(stored.State, Flag(http, "showInput", otherwise: true));
        if (Flag(http, "showHistory", otherwise: false))
            json["historyEvents"] = HistoryJson.Of(stored, withOutput: Flag(http, "showHistoryOutput", otherwise: false));
        http.Response.StatusCode = stored.State.HasEnded ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        await http.Response.WriteAsJsonAsync(json, http.RequestAborted);
    }

    private async Task PurgeAsync(HttpContext http)
    {
        if (await store.GetStateAsync(Id(http), withTexts: false, http.RequestAborted) is not { } state)
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (!state.HasEnded)
            http.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
        else
        {
            await store.PurgeAsync(state, http.RequestAborted);
            await http.Response.WriteAsJsonAsync(new JsonObject { ["instancesDeleted"] = 1 }, http.RequestAborted);
        }
    }

    private async Task RaiseEventAsync(HttpContext http)
    {
        using StreamReader body = new(http.Request.Body);
        string payload = await body.ReadToEndAsync(http.RequestAborted);
        JsonNode? json;
        try
        {
            json = payload.Length == 0 ? null : JsonNode.Parse(payload);
        }
        catch (System.Text.Json.JsonException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        await SendAsync(http, () => client.RaiseEventAsync(
            Id(http), (string)http.Request.RouteValues["name"]!, json, http.RequestAborted));
    }

    private Task TerminateAsync(HttpContext http) => SendAsync(http, () => client.TerminateInstanceAsync(
        Id(http), http.Request.Query["reason"].FirstOrDefault() is { } reason ? (object)reason : null, http.RequestAborted));

    /// <summary>202 when accepted, 404 for no such instance, 410 for one that has ended.</summary>
    private static async Task SendAsync(HttpContext http, Func<Task> send)
    {
        try
        {
            await send();
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (RpcException refused)
        {
            http.Response.StatusCode =
                refused.StatusCode == StatusCode.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status410Gone;
        }
    }

    private static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static string Text(HttpContext http, string name) => http.Request.Query[name].FirstOrDefault() ?? string.Empty;

    private static bool Flag(HttpContext http, string name, bool otherwise) =>
        bool.TryParse(Text(http, name), out bool flag) ? flag : otherwise;

    private static DateTimeOffset? Instant(HttpContext http, string name) =>
        DateTimeOffset.TryParse(Text(http, name), null, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at
            : null;
}
