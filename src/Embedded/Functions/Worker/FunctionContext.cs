namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of a function, as middleware and functions see it.</summary>
public abstract class FunctionContext
{
    public abstract string InvocationId { get; }

    public abstract TraceContext TraceContext { get; }

    /// <summary>The services of this invocation's scope.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>What middleware and functions of one invocation tell each other.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    public abstract BindingContext BindingContext { get; }

    /// <summary>Cancelled when the client went away, the function took too long or the host stops.</summary>
    public virtual CancellationToken CancellationToken { get; }
}

/// <summary>What the trigger brought along: route values, queue metadata.</summary>
public abstract class BindingContext
{
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

/// <summary>What is known of a function without running it.</summary>
public abstract class FunctionDefinition
{
    public abstract string Name { get; }
}

/// <summary>What the function returned, or what a middleware answers instead.</summary>
public abstract class InvocationResult : InvocationResult<object>
{
}

/// <inheritdoc cref="InvocationResult"/>
public abstract class InvocationResult<T>
{
    public abstract T? Value { get; set; }
}
