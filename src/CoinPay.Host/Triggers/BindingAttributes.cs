using System.Reflection;
using System.Reflection.Emit;
using CoinPay.Host.App;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace CoinPay.Host.Triggers;

/// <summary>A parameter of an emitted method, with the attribute with which the WebJobs SDK binds it.</summary>
internal sealed record MethodParameter(string Name, Type Type, CustomAttributeBuilder? Attribute = null);

/// <summary>Converts the worker's bindings to attributes of the WebJobs SDK and its extensions.</summary>
internal static class BindingAttributes
{
    /// <exception cref="StartException">This host does not support the trigger.</exception>
    public static MethodParameter OfTrigger(Function function)
    {
        Binding trigger = function.Trigger;
        return trigger.Type.ToUpperInvariant() switch
        {
            "TIMERTRIGGER" => new(trigger.Name, typeof(TimerInfo), New<TimerTriggerAttribute>(
                [trigger.Text("schedule") ?? ""], ("RunOnStartup", trigger.Flag("runOnStartup")), ("UseMonitor", trigger.Flag("useMonitor")))),
            "QUEUETRIGGER" => new(trigger.Name, trigger.IsDeferred ? typeof(ParameterBindingData) : typeof(string), New<QueueTriggerAttribute>(
                [trigger.Text("queueName") ?? ""], ("Connection", trigger.Text("connection")))),
            "ORCHESTRATIONTRIGGER" => new(trigger.Name, typeof(string), New<OrchestrationTriggerAttribute>(
                [], ("Orchestration", trigger.Text("orchestration")))),
            "ACTIVITYTRIGGER" => new(trigger.Name, typeof(string), New<ActivityTriggerAttribute>([], ("Activity", trigger.Text("activity")))),
            "ENTITYTRIGGER" => new(trigger.Name, typeof(string), New<EntityTriggerAttribute>([], ("EntityName", trigger.Text("entityName")))),
            _ => throw new StartException($"Function '{function.Name}': this host does not support the trigger '{trigger.Type}'."),
        };
    }

    public static MethodParameter OfDurableClient(Binding client) => new(client.Name, typeof(string), New<DurableClientAttribute>(
        [], ("TaskHub", client.Text("taskHub")), ("ConnectionName", client.Text("connectionName"))));

    /// <summary>Creates an attribute with the constructor that takes the arguments, and sets the properties that are not null.</summary>
    public static CustomAttributeBuilder New<T>(object[] arguments, params (string Name, object? Value)[] properties)
        where T : Attribute
    {
        ConstructorInfo constructor = typeof(T).GetConstructor([.. arguments.Select(argument => argument.GetType())])!;
        (string Name, object? Value)[] given = [.. properties.Where(property => property.Value is not null)];
        return new(
            constructor, arguments,
            [.. given.Select(property => typeof(T).GetProperty(property.Name)!)], [.. given.Select(property => property.Value)]);
    }
}
