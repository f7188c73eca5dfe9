using CoinPay.Host.App;
using CoinPay.Host.Protocol;

namespace CoinPay.Host.Triggers;

/// <summary>Which orchestration instance an invocation belongs to.</summary>
internal static class InstanceIds
{
    /// <summary>Null if the invocation belongs to none.</summary>
    public static string? Of(Function function, object? trigger, InvocationRequest request) => function switch
    {
        { IsActivity: true } => request.TriggerMetadata.GetValueOrDefault("instanceId")?.String,
        { IsOrchestrator: true } when trigger is string turn => OfTurn(turn),
        _ => null,
    };

    /// <summary>An orchestrator gets its turn as a message of the Durable Task protocol in base64, whose first field is the instance's id.</summary>
    private static string? OfTurn(string turn)
    {
        Span<byte> message = new byte[turn.Length];
        return Convert.TryFromBase64String(turn, message, out int length)
            ? OrchestratorRequest.Parser.ParseFrom(message[..length]).InstanceId
            : null;
    }
}
