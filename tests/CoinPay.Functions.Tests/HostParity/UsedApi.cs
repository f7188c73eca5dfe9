using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using CoinPay.Functions.Tests.Determinism;

namespace CoinPay.Functions.Tests.HostParity;

/// <summary>
/// What the compiled app names of the packages that src/Embedded stands in for, one line a member:
/// <c>Type.Member(parameters)</c>, a type of which no member is named by itself, and <c>[Attribute] Property</c> for what an
/// attribute is given by name.
/// </summary>
internal static partial class UsedApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
        | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly string[] StoodInFor =
        ["CoinPay.Embedded.", "Microsoft.Azure.Functions.", "Microsoft.DurableTask.", "NBitcoin", "Nethereum."];

    public static HashSet<string> Of(Assembly app)
    {
        using PEReader file = new(File.OpenRead(app.Location));
        MetadataReader metadata = file.GetMetadataReader();
        HashSet<string> used = new(StringComparer.Ordinal);
        HashSet<string> withMembers = new(StringComparer.Ordinal);
        foreach (MemberReference member in metadata.MemberReferences.Select(metadata.GetMemberReference))
            if (DefinitionOf(metadata, member.Parent) is { } type && IsStoodInFor(metadata, type))
            {
                string name = NameOf(metadata, type);
                withMembers.Add(name);
                used.Add($"{name}.{Described(metadata, member)}");
            }
        foreach (TypeReferenceHandle type in metadata.TypeReferences)
            if (IsStoodInFor(metadata, type) && !withMembers.Contains(NameOf(metadata, type)))
                used.Add(NameOf(metadata, type));
        return [.. used.Union(NamedArguments(app)).Select(line => Arity().Replace(line, "<${count}>"))];
    }

    private static string Described(MetadataReader metadata, MemberReference member)
    {
        string name = metadata.GetString(member.Name);
        if (member.GetKind() == MemberReferenceKind.Field)
            return name;
        MethodSignature<string> signature = member.DecodeMethodSignature(TypeNames.Instance, null);
        string parameters = string.Join(", ", signature.ParameterTypes.Select(Short));
        string typeParameters = signature.GenericParameterCount > 0 ? $"<{signature.GenericParameterCount}>" : "";
        return $"{(name == ".ctor" ? "new" : name)}{typeParameters}({parameters})";
    }

    /// <summary>What stands as <c>Name = …</c> in an attribute is a call of its setter in no method's body.</summary>
    private static IEnumerable<string> NamedArguments(Assembly app) =>
        from type in app.GetTypes()
        from method in type.GetMethods(Declared)
        from attribute in method.GetParameters()
            .SelectMany(parameter => parameter.GetCustomAttributesData())
            .Concat(method.GetCustomAttributesData())
        where IsStoodInFor(attribute.AttributeType.Assembly.GetName().Name!)
        from argument in attribute.NamedArguments
        select $"[{attribute.AttributeType.FullName}] {argument.MemberName}";

    /// <summary>The type of another assembly that has the member; a generic type's definition.</summary>
    private static TypeReferenceHandle? DefinitionOf(MetadataReader metadata, EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeReference)
            return (TypeReferenceHandle)parent;
        if (parent.Kind != HandleKind.TypeSpecification)
            return null;
        string name = TypeNames.Instance.GetTypeFromSpecification(metadata, null, (TypeSpecificationHandle)parent, 0);
        return metadata.TypeReferences
            .Where(type => NameOf(metadata, type) == name)
            .Select(type => (TypeReferenceHandle?)type)
            .FirstOrDefault();
    }

    private static bool IsStoodInFor(MetadataReader metadata, TypeReferenceHandle handle)
    {
        EntityHandle scope = metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => IsStoodInFor(metadata, (TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => IsStoodInFor(
                metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)),
            _ => false,
        };
    }

    private static bool IsStoodInFor(string assembly) =>
        StoodInFor.Any(start => assembly.StartsWith(start, StringComparison.Ordinal));

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle type) =>
        TypeNames.Instance.GetTypeFromReference(metadata, type, 0);

    private static string Short(string type) => type[(type.LastIndexOf('.') + 1)..];

    /// <summary>Metadata's <c>`1</c>, which would end a code span.</summary>
    [GeneratedRegex("`(?<count>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Arity();
}
