namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions
{
    /// <summary>What ties a parameter, a method or a property to something outside the function.</summary>
    public abstract class BindingAttribute : Attribute
    {
        public BindingAttribute()
        {
        }
    }

    /// <summary>A value that the host hands to a function beside its trigger.</summary>
    public abstract class InputBindingAttribute : BindingAttribute
    {
        public InputBindingAttribute()
        {
        }
    }

    /// <summary>A value that the host takes from a function's result and sends on.</summary>
    public abstract class OutputBindingAttribute : BindingAttribute
    {
        public OutputBindingAttribute()
        {
        }
    }

    /// <summary>What makes a function run; a function has exactly one.</summary>
    public abstract class TriggerBindingAttribute : BindingAttribute
    {
        public TriggerBindingAttribute()
        {
        }
    }
}

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Marks a method as a function and names it; the name is unique in the app.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class FunctionAttribute(string name) : Attribute
    {
        public string Name { get; } = name;
    }
}
