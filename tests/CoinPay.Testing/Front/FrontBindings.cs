using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Testing.Front;

/// <summary>
/// The route values and the result of one invocation. The worker keeps both behind an interface of its own that is
/// internal (<c>IFunctionBindingsFeature</c>), so a proxy implements it: <c>GetInvocationResult</c>, which middleware
/// calls, and the worker's function executor work only with that feature.
/// </summary>
internal class FrontBindings : DispatchProxy
{
    /// <summary>The interface, which is also the key of the feature.</summary>
    public static Type Feature { get; } = typeof(FunctionContext).Assembly.GetType(
        "Microsoft.Azure.Functions.Worker.Context.Features.IFunctionBindingsFeature", throwOnError: true)!;

    public IReadOnlyDictionary<string, object?> TriggerMetadata { get; private set; } = new Dictionary<string, object?>();

    public object? InvocationResult { get; private set; }

    public static FrontBindings Create(IReadOnlyDictionary<string, object?> routeValues)
    {
        FrontBindings bindings = (FrontBindings)Create(Feature, typeof(FrontBindings));
        bindings.TriggerMetadata = routeValues;
        return bindings;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "get_" + nameof(TriggerMetadata) => TriggerMetadata,
        "get_" + nameof(InvocationResult) => InvocationResult,
        "set_" + nameof(InvocationResult) => InvocationResult = args![0],
        _ => throw new NotSupportedException($"The front has no {targetMethod.Name}."),
    };
}
