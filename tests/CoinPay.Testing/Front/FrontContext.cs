using System.Collections;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;

namespace CoinPay.Testing.Front;

/// <summary>
/// One invocation by HTTP, as the app's middleware and functions see it. The worker's own context is internal and made
/// from messages of the worker protocol; this one is made from the request.
/// </summary>
internal sealed class FrontContext : FunctionContext
{
    /// <summary>Where the worker's ASP.NET Core integration keeps the request; <c>GetHttpContext</c> reads it.</summary>
    private const string HttpContextItem = "HttpRequestContext";

    private readonly FrontBindings _bindings;

    public FrontContext(HttpFunction function, HttpContext http)
    {
        FunctionDefinition = function;
        CancellationToken = http.RequestAborted;
        InstanceServices = http.RequestServices;
        Items = new Dictionary<object, object> { [HttpContextItem] = http };
        _bindings = FrontBindings.Create(new Dictionary<string, object?>(
            http.Request.RouteValues, StringComparer.OrdinalIgnoreCase));
        BindingContext = new RouteValues(_bindings.TriggerMetadata);
        Features = new FeatureSet
        {
            [FrontBindings.Feature] = _bindings,
            [typeof(IFunctionInputBindingFeature)] = new FrontInput(),
        };
    }

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => FunctionDefinition.Id;

    public override TraceContext TraceContext { get; } = new CallersTrace(Activity.Current);

    public override BindingContext BindingContext { get; }

    public override RetryContext RetryContext => throw new NotSupportedException("The host does not retry HTTP calls.");

    public override IServiceProvider InstanceServices { get; set; }

    public override FunctionDefinition FunctionDefinition { get; }

    public override IDictionary<object, object> Items { get; set; }

    public override IInvocationFeatures Features { get; }

    public override CancellationToken CancellationToken { get; }

    /// <summary>The function's result, or a middleware's response in its place.</summary>
    public object? Result => _bindings.InvocationResult;

    private sealed class RouteValues(IReadOnlyDictionary<string, object?> values) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => values;
    }

    private sealed class CallersTrace(Activity? span) : TraceContext
    {
        public override string TraceParent { get; } = span?.Id ?? string.Empty;

        public override string TraceState { get; } = span?.TraceStateString ?? string.Empty;
    }

    private sealed class FeatureSet : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public object this[Type type]
        {
            set => _features[type] = value;
        }

        public T? Get<T>() => _features.TryGetValue(typeof(T), out object? feature) ? (T)feature : default;

        public void Set<T>(T instance) => _features[typeof(T)] = instance!;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
