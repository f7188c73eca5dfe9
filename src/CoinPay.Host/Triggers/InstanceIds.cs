using CoinPay.Host.App;
using CoinPay.Host.Protocol;

namespace CoinPay.Host.Triggers;

/// <summary>Finds the orchestration instance that an invocation belongs to.</summary>
internal static class InstanceIds
{
    /// <summary>Returns null if the invocation belongs to none.</summary>
    public static string? Of(Function function, object? trigger, InvocationRequest request) => function switch
    {
        { IsActivity: true } => request.TriggerMetadata.GetValueOrDefault("instanceId")?.String,
        { IsOrchestrator: true } when trigger is string turn => OfTurn(turn),
        _ => null,
    };

    /// <summary>
    /// An orchestrator receives its turn as a base64 Durable Task protocol message, whose first field is the instance's id.
    /// </summary>
    private static string? OfTurn(string turn)
    {
        Span<byte> message = new byte[turn.Length];
        return Convert.TryFromBase64String(turn, message, out int length)
            ? OrchestratorRequest.Parser.ParseFrom(message[..length]).InstanceId
            : null;
    }
}
