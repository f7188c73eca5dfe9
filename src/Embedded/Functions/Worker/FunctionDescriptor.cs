using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Embedded.Worker;

/// <summary>One function of the app: its method, made ready to be called, and its trigger.</summary>
internal sealed class FunctionDescriptor : FunctionDefinition
{
    private readonly MethodInvoker _invoke;
    private readonly ObjectFactory? _create;
    private readonly PropertyInfo? _taskResult;
    private readonly PropertyInfo? _httpResult;

    public FunctionDescriptor(string name, MethodInfo method)
    {
        Name = name;
        Method = method;
        Parameters = method.GetParameters();
        ParameterInfo[] triggers = [.. Parameters.Where(p => p.GetCustomAttribute<TriggerBindingAttribute>() is not null)];
        if (triggers.Length != 1)
            throw new InvalidOperationException($"Function '{name}' has {triggers.Length} triggers: exactly one is needed.");
        TriggerParameter = triggers[0];
        Trigger = TriggerParameter.GetCustomAttribute<TriggerBindingAttribute>()!;
        _invoke = MethodInvoker.Create(method);
        _create = method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
        Type result = method.ReturnType;
        _taskResult = result.IsGenericType && typeof(Task).IsAssignableFrom(result) ? result.GetProperty("Result") : null;
        ResultType = _taskResult?.PropertyType ?? result;
        _httpResult = ResultType.GetProperties().FirstOrDefault(property => property.IsDefined(typeof(HttpResultAttribute)));
    }

    public override string Name { get; }

    public MethodInfo Method { get; }

    public ParameterInfo[] Parameters { get; }

    public ParameterInfo TriggerParameter { get; }

    public TriggerBindingAttribute Trigger { get; }

    /// <summary>What the method returns, once awaited.</summary>
    public Type ResultType { get; }

    /// <summary>Makes the class with the scope's services, calls the method and awaits it; null for a function without a result.</summary>
    public async Task<object?> CallAsync(IServiceProvider services, object?[] arguments)
    {
        object? target = _create?.Invoke(services, null);
        try
        {
            object? returned = _invoke.Invoke(target, arguments);
            if (returned is not Task task)
                return returned;
            await task;
            return _taskResult?.GetValue(task);
        }
        finally
        {
            await DisposeAsync(target);
        }
    }

    /// <summary>Calls the method and hands back its task as it is: an orchestrator's stays open between turns.</summary>
    public Task Begin(object?[] arguments)
    {
        try
        {
            return (Task)_invoke.Invoke(null, arguments)!;
        }
        catch (Exception thrown)
        {
            return Task.FromException(thrown is TargetInvocationException { InnerException: { } inner } ? inner : thrown);
        }
    }

    /// <summary>The result of a task that <see cref="Begin"/> gave and that has completed.</summary>
    public object? ResultOf(Task completed) => _taskResult?.GetValue(completed);

    /// <summary>What is answered to an HTTP request: the result, or its property marked for it.</summary>
    public object? HttpResultOf(object? result) =>
        _httpResult is not null && ResultType.IsInstanceOfType(result) ? _httpResult.GetValue(result) : result;

    private static async ValueTask DisposeAsync(object? target)
    {
        if (target is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else if (target is IDisposable disposable)
            disposable.Dispose();
    }
}
