namespace CoinPay.Host.Logs;

/// <summary>The scope attached to every line logged within an invocation.</summary>
internal sealed record InvocationScope(string Function, string InvocationId, string? InstanceId)
{
    /// <summary>The form used in log lines.</summary>
    public override string ToString() => InstanceId is null ? $"{Function} {InvocationId}" : $"{Function} {InvocationId} {InstanceId}";
}
