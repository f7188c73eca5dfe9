using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Worker;

/// <summary>Runs one invocation: a scope of its own, the middleware in order, then the function.</summary>
internal sealed class FunctionInvoker(IServiceScopeFactory scopes, ILogger<FunctionInvoker> log, MiddlewareList middleware)
{
    private readonly FunctionExecutionDelegate _pipeline =
        middleware.Items.Reverse().Aggregate((FunctionExecutionDelegate)CallFunctionAsync, (next, outer) => outer(next));

    /// <summary>Throws what the function threw, once it is logged.</summary>
    public async Task InvokeAsync(InvocationContext context)
    {
        using Activity? span = InvocationTelemetry.Begin(context);
        using IDisposable? logScope = log.BeginScope(new InvocationScope(context));
        Exception? thrown = null;
        long began = Stopwatch.GetTimestamp();
        try
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            context.InstanceServices = scope.ServiceProvider;
            await _pipeline(context);
            if (log.IsEnabled(LogLevel.Debug))
                log.LogDebug("{Function} succeeded in {Milliseconds} ms",
                    context.Function.Name, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException cancelled) when (context.CancellationToken.IsCancellationRequested)
        {
            thrown = cancelled;
            log.LogDebug("{Function} was cancelled", context.Function.Name);
            throw;
        }
        catch (Exception failure)
        {
            thrown = failure;
            log.LogError(failure, "{Function} failed", context.Function.Name);
            throw;
        }
        finally
        {
            InvocationTelemetry.End(span, thrown);
        }
    }

    private static async Task CallFunctionAsync(FunctionContext context)
    {
        InvocationContext invocation = (InvocationContext)context;
        if (invocation.Body is { } body)
            body();
        else
            invocation.Result.Value = await invocation.Function.CallAsync(context.InstanceServices, Arguments(invocation));
    }

    private static object?[] Arguments(InvocationContext context) =>
        [.. context.Function.Parameters.Select(parameter => Argument(context, parameter))];

    private static object? Argument(InvocationContext context, ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        if (parameter == context.Function.TriggerParameter)
            return context.TriggerValue;
        if (type == typeof(FunctionContext))
            return context;
        if (type == typeof(CancellationToken))
            return context.CancellationToken;
        if (parameter.IsDefined(typeof(DurableClientAttribute)))
            return context.InstanceServices.GetRequiredService<DurableTaskClient>();
        if (context.BindingData.TryGetValue(parameter.Name!, out object? value) && value is not null)
            return type.IsInstanceOfType(value) ? value : TypeDescriptor.GetConverter(type).ConvertFromInvariantString($"{value}");
        if (parameter.HasDefaultValue)
            return parameter.DefaultValue;
        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }
}

/// <summary>The middleware in the order of registration, outermost first.</summary>
internal sealed record MiddlewareList(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> Items);
