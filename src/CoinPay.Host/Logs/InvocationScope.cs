namespace CoinPay.Host.Logs;

/// <summary>What every line logged within an invocation carries.</summary>
internal sealed record InvocationScope(string Function, string InvocationId, string? InstanceId)
{
    /// <summary>As a line shows it.</summary>
    public override string ToString() => InstanceId is null ? $"{Function} {InvocationId}" : $"{Function} {InvocationId} {InstanceId}";
}
