using System.Text.Json;
using CoinPay.Host.Protocol;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.App;

/// <summary>A function as the worker describes it: one trigger and any number of inputs.</summary>
internal sealed class Function
{
    private Function(FunctionMetadata metadata, Binding trigger, IReadOnlyList<Binding> inputs)
    {
        Metadata = metadata;
        Trigger = trigger;
        Inputs = inputs;
    }

    public FunctionMetadata Metadata { get; }

    public string Name => Metadata.Name;

    public string Id => Metadata.FunctionId;

    public Binding Trigger { get; }

    /// <summary>Input bindings other than the trigger, in the worker's order.</summary>
    public IReadOnlyList<Binding> Inputs { get; }

    public bool IsHttp => Trigger.Is("httpTrigger");

    public bool IsActivity => Trigger.Is("activityTrigger");

    public bool IsOrchestrator => Trigger.Is("orchestrationTrigger");

    /// <summary>
    /// Whether <c>AzureWebJobs.NAME.Disabled</c>, or <c>AzureWebJobs__NAME__Disabled</c>, disables it.
    /// Source: https://learn.microsoft.com/azure/azure-functions/disable-function
    /// </summary>
    public bool IsDisabled(IConfiguration configuration) =>
        bool.TryParse(configuration[$"AzureWebJobs.{Name}.Disabled"] ?? configuration[$"AzureWebJobs:{Name}:Disabled"], out bool isDisabled)
        && isDisabled;

    /// <exception cref="StartException">It has a binding that this host does not know.</exception>
    public static Function From(FunctionMetadata metadata)
    {
        List<Binding> bindings = [.. metadata.RawBindings.Select(raw => new Binding(JsonDocument.Parse(raw).RootElement))];
        int trigger = bindings.FindIndex(binding => binding.Type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
        if (trigger < 0)
            throw new StartException($"Function '{metadata.Name}' has no trigger.");
        IEnumerable<Binding> others = bindings.Where((binding, index) => index != trigger && !binding.Is("http"));
        if (others.FirstOrDefault(binding => !binding.Is("durableClient")) is { } unknown)
            throw new StartException($"Function '{metadata.Name}': this host does not support the binding '{unknown.Type}'.");
        return new(metadata, bindings[trigger], [.. others]);
    }
}
