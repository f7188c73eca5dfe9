using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoinPay.Embedded.Durable.Management;

/// <summary>An instance as the management API shows it.</summary>
internal static class InstanceJson
{
    public static JsonObject Of(OrchestrationState state, bool withInput) => new()
    {
        ["name"] = state.Name,
        ["instanceId"] = state.InstanceId,
        ["runtimeStatus"] = state.Status.ToString(),
        ["input"] = withInput ? Value(state.Input) : null,
        ["customStatus"] = Value(state.CustomStatus),
        ["output"] = state.Failure is { } failure ? $"{failure}" : Value(state.Output),
        ["createdTime"] = state.CreatedAt.UtcDateTime,
        ["lastUpdatedTime"] = state.UpdatedAt.UtcDateTime,
    };

    /// <summary>Serialized data as the JSON that it is.</summary>
    public static JsonNode? Value(string? data)
    {
        try
        {
            return data is null ? null : JsonNode.Parse(data);
        }
        catch (JsonException)
        {
            return data;
        }
    }
}
