namespace CoinPay.Embedded.Worker;

/// <summary>What every line logged within an invocation carries: the published scope's keys, and a durable instance's id.</summary>
internal sealed class InvocationScope : List<KeyValuePair<string, object>>
{
    public InvocationScope(InvocationContext context)
    {
        Add(new("AzureFunctions_FunctionName", context.Function.Name));
        Add(new("AzureFunctions_InvocationId", context.InvocationId));
        if (context.InstanceId is { } instance)
            Add(new("InstanceId", instance));
    }

    /// <summary>As a line shows it.</summary>
    public override string ToString() => string.Join(' ', this.Select(value => value.Value));
}
