namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where an invocation stands in its caller's trace: <see href="https://www.w3.org/TR/trace-context/"/>.</summary>
public abstract class TraceContext
{
    /// <summary>The caller's span, as <c>00-&lt;trace&gt;-&lt;span&gt;-&lt;flags&gt;</c>; empty outside any trace.</summary>
    public abstract string TraceParent { get; }

    public abstract string TraceState { get; }
}
