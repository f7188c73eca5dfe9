using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace CoinPay.Functions.Tests.Architecture.Determinism;

/// <summary>
/// Code of one assembly that an orchestrator can come to: from every method with an <c>[OrchestrationTrigger]</c>
/// parameter through calls, lambdas, local functions, state machines, static constructors and every override of what is called.
/// </summary>
internal sealed class OrchestratorCode : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly ILookup<string, MethodDefinitionHandle> _methods;

    public OrchestratorCode(string assembly)
    {
        _file = new(File.OpenRead(assembly));
        _metadata = _file.GetMetadataReader();
        _methods = _metadata.MethodDefinitions.ToLookup(handle => NameOf(handle).Member, StringComparer.Ordinal);
        Orchestrators =
            [.. _metadata.MethodDefinitions.Where(IsOrchestrator).Select(handle => NameOf(handle).ToString())];
    }

    /// <summary>As <c>Namespace.Type.Method</c>.</summary>
    public IReadOnlyList<string> Orchestrators { get; }

    /// <summary>What is forbidden and can be come to from the orchestrator: <c>method: what it names</c>.</summary>
    public IReadOnlyList<string> OffencesOf(string orchestrator)
    {
        HashSet<MethodDefinitionHandle> reached = [];
        Queue<MethodDefinitionHandle> next =
            new(_metadata.MethodDefinitions.Where(handle => NameOf(handle).ToString() == orchestrator));
        List<string> offences = [];
        while (next.TryDequeue(out MethodDefinitionHandle method))
        {
            if (!reached.Add(method)
                || _metadata.GetMethodDefinition(method).RelativeVirtualAddress is not (not 0 and var address))
                continue;
            foreach (EntityHandle member in IntermediateCode.MembersNamedBy(_file.GetMethodBody(address)))
            {
                if (Offence(method, member) is { } what)
                    offences.Add($"{NameOf(method)}: {what}");
                foreach (MethodDefinitionHandle called in Follow(member))
                    next.Enqueue(called);
            }
        }
        return [.. offences.Distinct(StringComparer.Ordinal)];
    }

    public void Dispose() => _file.Dispose();

    private bool IsOrchestrator(MethodDefinitionHandle handle) => _metadata.GetMethodDefinition(handle).GetParameters()
        .SelectMany(parameter => _metadata.GetParameter(parameter).GetCustomAttributes())
        .Select(attribute => NameOf(_metadata.GetCustomAttribute(attribute).Constructor).Type)
        .Any(type => type.EndsWith(".OrchestrationTriggerAttribute", StringComparison.Ordinal));

    private string? Offence(MethodDefinitionHandle method, EntityHandle member)
    {
        if (member.Kind is HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification)
            return null;
        MemberName named = NameOf(member);
        if (FieldOf(member) is { } field)
            return IsMutableStatic(method, field) ? "the mutable static field " + named : null;
        // The compiler's own iterators ask for the thread, which no replay sees.
        if (named is { Type: "System.Environment", Member: "get_CurrentManagedThreadId" } && NameOf(method).IsGenerated)
            return null;
        bool isTimed = named is { Type: "System.Threading.CancellationTokenSource", Member: ".ctor", Parameters: > 0 };
        return isTimed || Forbidden.IsMember(named.Type, named.Member) ? named.ToString() : null;
    }

    private bool IsMutableStatic(MethodDefinitionHandle method, FieldDefinition field)
    {
        string name = _metadata.GetString(field.Name);
        bool isGenerated = name.Contains('<', StringComparison.Ordinal)
            || TypeNameOf(field.GetDeclaringType()).Contains('<', StringComparison.Ordinal);
        if (!field.Attributes.HasFlag(FieldAttributes.Static) || isGenerated || NameOf(method).Member == ".cctor")
            return false;
        return !field.Attributes.HasFlag(FieldAttributes.InitOnly)
            || Forbidden.IsMutable(field.DecodeSignature(TypeNames.Instance, null));
    }

    /// <summary>The assembly's own methods that run when this member is used.</summary>
    private IEnumerable<MethodDefinitionHandle> Follow(EntityHandle member)
    {
        MemberName named = NameOf(member);
        foreach (MethodDefinitionHandle handle in _methods[named.Member])
        {
            MethodDefinition method = _metadata.GetMethodDefinition(handle);
            // Which override runs is not known here: any may.
            if (NameOf(handle).Type == named.Type
                || (method.Attributes.HasFlag(MethodAttributes.Virtual) && IsVirtual(named)))
                yield return handle;
        }
        foreach (string special in (string[])[".cctor", "MoveNext"])
            foreach (MethodDefinitionHandle handle in _methods[special])
                if (NameOf(handle).Type == named.Type)
                    yield return handle;
    }

    /// <summary>
    /// A virtual method of this assembly; one of another would let in every <c>ToString</c> and <c>Dispose</c>.
    /// </summary>
    private bool IsVirtual(MemberName named) => _methods[named.Member].Any(handle =>
        NameOf(handle).Type == named.Type
            && _metadata.GetMethodDefinition(handle).Attributes.HasFlag(MethodAttributes.Virtual));

    private FieldDefinition? FieldOf(EntityHandle member)
    {
        if (member.Kind == HandleKind.FieldDefinition)
            return _metadata.GetFieldDefinition((FieldDefinitionHandle)member);
        if (member.Kind != HandleKind.MemberReference
            || _metadata.GetMemberReference((MemberReferenceHandle)member).GetKind() != MemberReferenceKind.Field)
            return null;
        MemberName named = NameOf(member);
        return _metadata.FieldDefinitions.Select(_metadata.GetFieldDefinition)
            .Where(field => _metadata.GetString(field.Name) == named.Member
                && TypeNameOf(field.GetDeclaringType()) == named.Type)
            .Select(field => (FieldDefinition?)field)
            .FirstOrDefault();
    }

    private MemberName NameOf(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MethodDefinition:
                MethodDefinition method = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return new(TypeNameOf(method.GetDeclaringType()), _metadata.GetString(method.Name),
                    method.GetParameters().Count);
            case HandleKind.MethodSpecification:
                return NameOf(_metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method);
            case HandleKind.MemberReference:
                MemberReference member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
                int parameters = member.GetKind() == MemberReferenceKind.Method
                    ? member.DecodeMethodSignature(TypeNames.Instance, null).ParameterTypes.Length
                    : 0;
                return new(TypeNameOf(member.Parent), _metadata.GetString(member.Name), parameters);
            case HandleKind.FieldDefinition:
                FieldDefinition field = _metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                return new(TypeNameOf(field.GetDeclaringType()), _metadata.GetString(field.Name), 0);
            default:
                return new(TypeNameOf(handle), string.Empty, 0);
        }
    }

    private string TypeNameOf(EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeDefinition => TypeNames.Instance.GetTypeFromDefinition(_metadata, (TypeDefinitionHandle)type, 0),
        HandleKind.TypeReference => TypeNames.Instance.GetTypeFromReference(_metadata, (TypeReferenceHandle)type, 0),
        HandleKind.TypeSpecification =>
            TypeNames.Instance.GetTypeFromSpecification(_metadata, null, (TypeSpecificationHandle)type, 0),
        _ => string.Empty,
    };

    private readonly record struct MemberName(string Type, string Member, int Parameters)
    {
        /// <summary>Whether the compiler made the type: a state machine, a lambda's closure.</summary>
        public bool IsGenerated => Type.Contains('<', StringComparison.Ordinal);

        public override string ToString() => Type + "." + Member;
    }
}
