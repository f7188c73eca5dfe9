using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Embedded.Worker;

/// <summary>One invocation: what the trigger brought, the scope's services, and what comes out.</summary>
internal sealed class InvocationContext(FunctionDescriptor function, CancellationToken cancellation) : FunctionContext
{
    /// <summary>The key under which the published ASP.NET Core integration keeps the request.</summary>
    private const string HttpContextKey = "HttpRequestContext";

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override TraceContext TraceContext { get; } = new Trace(Activity.Current);

    public override IServiceProvider InstanceServices { get; set; } = null!;

    public override FunctionDefinition FunctionDefinition => function;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override BindingContext BindingContext => new Data(BindingData);

    public override CancellationToken CancellationToken => cancellation;

    public FunctionDescriptor Function => function;

    /// <summary>The value of the trigger's parameter.</summary>
    public object? TriggerValue { get; init; }

    /// <summary>By name, without case: route values and the like, for further parameters.</summary>
    public IReadOnlyDictionary<string, object?> BindingData { get; init; } = new Dictionary<string, object?>();

    /// <summary>What runs in the function's place: an orchestrator's turn. Null to call the method.</summary>
    public Action? Body { get; init; }

    /// <summary>The durable instance that this invocation is part of; null outside any.</summary>
    public string? InstanceId => BindingData.TryGetValue("instanceId", out object? id) ? id as string : null;

    public ResultSlot Result { get; } = new();

    public HttpContext? HttpContext
    {
        get => Items.TryGetValue(HttpContextKey, out object? http) ? (HttpContext)http : null;
        init => Items[HttpContextKey] = value!;
    }

    internal sealed class ResultSlot : InvocationResult
    {
        public override object? Value { get; set; }
    }

    private sealed class Data(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class Trace(Activity? span) : TraceContext
    {
        public override string TraceParent { get; } = span?.Id ?? string.Empty;

        public override string TraceState { get; } = span?.TraceStateString ?? string.Empty;
    }
}
