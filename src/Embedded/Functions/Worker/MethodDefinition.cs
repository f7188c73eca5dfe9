using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace CoinPay.Embedded.Worker;

/// <summary>A function's definition as middleware sees it, read off its method.</summary>
internal sealed class MethodDefinition(FunctionDescriptor function) : FunctionDefinition
{
    public override ImmutableArray<FunctionParameter> Parameters { get; } =
        [.. function.Parameters.Select(p => new FunctionParameter(p.Name!, p.ParameterType))];

    public override string PathToAssembly => function.Method.Module.Assembly.Location;

    public override string EntryPoint => $"{function.Method.DeclaringType!.FullName}.{function.Method.Name}";

    public override string Id => Name;

    public override string Name => function.Name;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } = function.Parameters
        .Select(p => (Name: p.Name!, Binding: p.GetCustomAttribute<BindingAttribute>()))
        .Where(p => p.Binding is not null)
        .ToImmutableDictionary(p => p.Name, BindingMetadata (p) => new Binding(p.Name, TypeOf(p.Binding!)));

    /// <summary><c>HttpTriggerAttribute</c> → <c>httpTrigger</c>, as in function.json.</summary>
    private static string TypeOf(BindingAttribute binding)
    {
        string name = binding.GetType().Name[..^nameof(Attribute).Length];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private sealed class Binding(string name, string type) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
