using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Runs the function on each message of an Azure Storage queue, at least once. The parameter is a <see cref="string"/>, a
/// <see cref="BinaryData"/>, a <c>QueueMessage</c> with its text decoded, or a type read from the message's JSON.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class QueueTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    public string QueueName { get; } = queueName;

    public string? Connection { get; set; }
}
