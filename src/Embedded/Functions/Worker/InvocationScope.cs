using System.Collections;

namespace CoinPay.Embedded.Worker;

/// <summary>What every line logged within an invocation carries: the published scope's keys, and a durable instance's id.</summary>
internal sealed class InvocationScope(InvocationContext context) : IReadOnlyList<KeyValuePair<string, object>>
{
    private readonly KeyValuePair<string, object>[] _values =
    [
        new("AzureFunctions_FunctionName", context.Function.Name),
        new("AzureFunctions_InvocationId", context.InvocationId),
        .. context.InstanceId is { } instance ? [new KeyValuePair<string, object>("InstanceId", instance)] : Array.Empty<KeyValuePair<string, object>>(),
    ];

    public int Count => _values.Length;

    public KeyValuePair<string, object> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();

    /// <summary>As a line shows it.</summary>
    public override string ToString() => string.Join(' ', _values.Select(value => value.Value));
}
