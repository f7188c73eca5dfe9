using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks an orchestrator; its parameter is a <see cref="DurableTask.TaskOrchestrationContext"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The orchestrator's name where it is not the function's.</summary>
    public string? Orchestration { get; set; }
}

/// <summary>Marks an activity; its parameter is what the orchestrator gave as input.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The activity's name where it is not the function's.</summary>
    public string? Activity { get; set; }
}

/// <summary>Hands the function the app's <see cref="DurableTask.Client.DurableTaskClient"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DurableClientAttribute : InputBindingAttribute
{
}
