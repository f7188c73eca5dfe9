using System.Reflection;
using CoinPay.Functions.Startup;
using CoinPay.Testing.Hub;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Simulation.Runtime;

/// <summary>A function of the app with a timer, queue or activity trigger, run as its trigger runs it: in its own scope.</summary>
internal sealed class NamedFunction
{
    private static readonly Dictionary<string, NamedFunction> All = typeof(Gateway).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .ToDictionary(
            method => method.GetCustomAttribute<FunctionAttribute>()!.Name, method => new NamedFunction(method), StringComparer.Ordinal);

    private readonly MethodInfo _method;
    private readonly ParameterInfo[] _parameters;
    private readonly ObjectFactory _create;

    private NamedFunction(MethodInfo method)
    {
        _method = method;
        _parameters = method.GetParameters();
        _create = ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
    }

    /// <summary>Runs a function with its trigger's values.</summary>
    public static Task RunAsync(IServiceProvider services, string name, object? trigger) => All[name].RunAsync(services, trigger);

    /// <summary>Runs an activity as the worker does: its input and its result are serialized.</summary>
    public static async Task<string?> RunActivityAsync(IServiceProvider services, string name, string? input)
    {
        NamedFunction function = All[name];
        object? argument = HubFunctions.Converter.Deserialize(input, function._parameters[0].ParameterType);
        return HubFunctions.Converter.Serialize(await function.RunAsync(services, argument));
    }

    private async Task<object?> RunAsync(IServiceProvider services, object? trigger)
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        object?[] arguments = [.. _parameters.Select(parameter => Argument(scope.ServiceProvider, parameter, trigger))];
        Task running = (Task)_method.Invoke(_create(scope.ServiceProvider, null), BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
        await running;
        return _method.ReturnType.IsGenericType ? _method.ReturnType.GetProperty("Result")!.GetValue(running) : null;
    }

    private static object? Argument(IServiceProvider services, ParameterInfo parameter, object? trigger) => parameter.ParameterType switch
    {
        var type when type == typeof(DurableTaskClient) => services.GetRequiredService<DurableTaskClient>(),
        var type when type == typeof(CancellationToken) => CancellationToken.None,
        _ when parameter.Position == 0 => trigger,
        _ => throw new NotSupportedException($"{parameter.Member.Name} has a parameter {parameter.Name}"),
    };
}
