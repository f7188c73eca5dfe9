using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace CoinPay.Testing.Front;

/// <summary>One HTTP function, as the worker's metadata describes it to the host.</summary>
internal sealed class HttpFunction : FunctionDefinition
{
    private const string HttpTrigger = "httpTrigger";

    private HttpFunction(IFunctionMetadata metadata, JsonElement trigger, string folder)
    {
        Name = metadata.Name!;
        EntryPoint = metadata.EntryPoint!;
        PathToAssembly = Path.Combine(folder, metadata.ScriptFile!);
        Route = trigger.TryGetProperty("route", out JsonElement route) ? route.GetString()! : Name;
        Methods = trigger.TryGetProperty("methods", out JsonElement methods)
            ? [.. methods.EnumerateArray().Select(method => method.GetString()!)]
            : [];
        Parameters = [.. MethodOf(this).GetParameters().Select(parameter => new FunctionParameter(
            parameter.Name!, parameter.ParameterType, parameter.HasDefaultValue, parameter.DefaultValue))];
    }

    /// <summary>The route template below the host's prefix.</summary>
    public string Route { get; }

    /// <summary>The methods that the function takes; empty for all.</summary>
    public IReadOnlyList<string> Methods { get; }

    public override string Name { get; }

    public override string Id => Name;

    public override string EntryPoint { get; }

    public override string PathToAssembly { get; }

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    /// <remarks>The host and the ASP.NET Core integration read these; the front needs neither.</remarks>
    public override IImmutableDictionary<string, BindingMetadata> InputBindings =>
        ImmutableDictionary<string, BindingMetadata>.Empty;

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings =>
        ImmutableDictionary<string, BindingMetadata>.Empty;

    /// <param name="metadata">A function of any trigger.</param>
    /// <param name="folder">The folder that holds the app's assembly.</param>
    /// <returns>Null if something other than HTTP triggers the function.</returns>
    /// <exception cref="NotSupportedException">The function requires a key: the front has none.</exception>
    public static HttpFunction? From(IFunctionMetadata metadata, string folder)
    {
        JsonElement trigger = (metadata.RawBindings ?? [])
            .Select(binding => JsonSerializer.Deserialize<JsonElement>(binding))
            .FirstOrDefault(binding => binding.GetProperty("type").ValueEquals(HttpTrigger));
        if (trigger.ValueKind == JsonValueKind.Undefined)
            return null;
        return trigger.GetProperty("authLevel").ValueEquals(nameof(AuthorizationLevel.Anonymous))
            ? new(metadata, trigger, folder)
            : throw new NotSupportedException($"{metadata.Name} asks for a host key, and the front holds none.");
    }

    private static MethodInfo MethodOf(HttpFunction function)
    {
        int dot = function.EntryPoint.LastIndexOf('.');
        return Assembly.LoadFrom(function.PathToAssembly).GetType(function.EntryPoint[..dot], throwOnError: true)!
            .GetMethod(function.EntryPoint[(dot + 1)..])!;
    }
}
