using System.Reflection;
using CoinPay.Embedded.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Worker;

/// <summary>All functions of the app. Making it refuses what could not run.</summary>
internal sealed class FunctionCatalog
{
    private readonly Dictionary<string, FunctionDescriptor> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, FunctionDescriptor> _activities = new(StringComparer.OrdinalIgnoreCase);

    private FunctionCatalog(IReadOnlyList<FunctionDescriptor> functions)
    {
        Functions = functions;
        foreach (FunctionDescriptor function in functions)
            Register(function);
    }

    public IReadOnlyList<FunctionDescriptor> Functions { get; }

    /// <summary>True if the app has orchestrations and so needs a task hub.</summary>
    public bool UsesDurable => _orchestrators.Count > 0;

    public static FunctionCatalog Discover(EmbeddedOptions options)
    {
        IEnumerable<Type> classes = options.FunctionClasses ?? options.FunctionsAssembly.GetTypes();
        const BindingFlags Every = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        return new([.. classes
            .SelectMany(type => type.GetMethods(Every))
            .Select(method => (Method: method, Function: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(found => found.Function is not null)
            .Select(found => new FunctionDescriptor(found.Function!.Name, found.Method))
            .OrderBy(function => function.Name, StringComparer.Ordinal)]);
    }

    public FunctionDescriptor? Orchestrator(string name) => _orchestrators.GetValueOrDefault(name);

    public FunctionDescriptor? Activity(string name) => _activities.GetValueOrDefault(name);

    public IEnumerable<(FunctionDescriptor Function, TTrigger Trigger)> TriggeredBy<TTrigger>()
        where TTrigger : TriggerBindingAttribute =>
        Functions.Where(f => f.Trigger is TTrigger).Select(f => (f, (TTrigger)f.Trigger));

    private void Register(FunctionDescriptor function)
    {
        if (Functions.Count(f => string.Equals(f.Name, function.Name, StringComparison.OrdinalIgnoreCase)) > 1)
            throw new InvalidOperationException($"More than one function is named '{function.Name}'.");
        if (function.Trigger is ActivityTriggerAttribute activity)
            _activities.Add(activity.Activity ?? function.Name, function);
        if (function.Trigger is not OrchestrationTriggerAttribute orchestration)
            return;
        if (!function.Method.IsStatic || !typeof(Task).IsAssignableFrom(function.Method.ReturnType)
            || function.TriggerParameter.ParameterType != typeof(TaskOrchestrationContext) || function.Parameters.Length != 1)
            throw new InvalidOperationException(
                $"Orchestrator '{function.Name}' must be a static method from one TaskOrchestrationContext to a Task.");
        _orchestrators.Add(orchestration.Orchestration ?? function.Name, function);
    }
}
