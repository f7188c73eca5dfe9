using System.Reflection;
using System.Runtime.CompilerServices;

namespace CoinPay.Embedded.Tests.Surface;

/// <summary>Writes a public or protected member as the surface lists write it, one line a member.</summary>
internal static class SurfaceLine
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Every line of an assembly's public types.</summary>
    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetTypes().Where(IsVisible).SelectMany(Of);

    /// <summary>The type's own line and its members'.</summary>
    public static IEnumerable<string> Of(Type type)
    {
        yield return OfType(type);
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(c => !c.IsStatic && IsVisible(c)))
            yield return $"M:{Name(type)}.#ctor{Parameters(constructor)}{Modifiers(constructor)} | {ParameterNames(constructor)}";
        foreach (MethodInfo method in type.GetMethods(Declared).Where(IsListed))
            yield return $"M:{Name(type)}.{method.Name}{Arity(method)}{Parameters(method)} -> {Name(method.ReturnType)}"
                + $"{Modifiers(method)} | {ParameterNames(method)}";
        foreach (PropertyInfo property in type.GetProperties(Declared).Where(p => p.GetAccessors(true).Any(IsVisible)))
            yield return OfProperty(type, property);
        foreach (FieldInfo field in type.GetFields(Declared).Where(f => (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly) && !f.IsSpecialName))
            yield return OfField(type, field);
        foreach (EventInfo @event in type.GetEvents(Declared).Where(e => IsVisible(e.AddMethod!)))
            yield return $"E:{Name(type)}.{@event.Name} -> {Name(@event.EventHandlerType!)}";
    }

    private static string OfType(Type type)
    {
        string kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        Type?[] plain = [typeof(object), typeof(ValueType), typeof(Enum), typeof(MulticastDelegate), null];
        IEnumerable<Type> above = type.GetInterfaces().Where(IsVisible);
        if (!plain.Contains(type.BaseType))
            above = above.Prepend(type.BaseType!);
        string bases = string.Join(" ; ", above.Select(Name));
        return $"T:{Name(type)} [{kind}]{(bases.Length > 0 ? " : " + bases : "")}";
    }

    private static string OfProperty(Type type, PropertyInfo property)
    {
        bool get = property.GetMethod is { } getter && IsVisible(getter);
        bool set = property.SetMethod is { } setter && IsVisible(setter);
        bool init = set && property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        ParameterInfo[] index = property.GetIndexParameters();
        string parameters = index.Length == 0 ? "" : $"({string.Join(",", index.Select(p => Name(p.ParameterType)))})";
        string accessors = (get ? "get; " : "") + (init ? "init; " : set ? "set; " : "");
        MethodInfo shown = property.GetAccessors(true).First(IsVisible);
        return $"P:{Name(type)}.{property.Name}{parameters} -> {Name(property.PropertyType)} {{ {accessors}}}{Modifiers(shown)}";
    }

    private static string OfField(Type type, FieldInfo field)
    {
        if (type.IsEnum)
            return $"F:{Name(type)}.{field.Name} = {Convert.ToDecimal(field.GetRawConstantValue())}";
        string modifiers = (field.IsStatic ? " static" : "") + (field.IsLiteral ? " const" : field.IsInitOnly ? " readonly" : "")
            + (field.IsPublic ? "" : " protected");
        return $"F:{Name(type)}.{field.Name} -> {Name(field.FieldType)}{modifiers}";
    }

    private static string Modifiers(MethodBase method)
    {
        string kind = method.IsStatic ? " static" : method.IsAbstract ? " abstract" : method.IsVirtual && !method.IsFinal ? " virtual" : "";
        return kind + (method.IsPublic ? "" : " protected");
    }

    private static string Parameters(MethodBase method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        return parameters.Length == 0 ? "" : $"({string.Join(",", parameters.Select(p => Name(p.ParameterType)))})";
    }

    private static string ParameterNames(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => p.Name + (p.IsOptional ? "?" : "")));

    private static string Arity(MethodInfo method) =>
        method.IsGenericMethod ? "``" + method.GetGenericArguments().Length : "";

    /// <summary>As in documentation ids: <c>Task{`0}</c>, <c>``0</c> for a method's own parameter, <c>@</c> by reference.</summary>
    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!) + "@";
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        if (type.IsPointer)
            return Name(type.GetElementType()!) + "*";
        if (type.IsGenericParameter)
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsGenericType || type.IsGenericTypeDefinition)
            return (type.FullName ?? type.Name).Replace('+', '.');
        string definition = type.GetGenericTypeDefinition().FullName!.Replace('+', '.');
        return $"{definition[..definition.IndexOf('`')]}{{{string.Join(",", type.GetGenericArguments().Select(Name))}}}";
    }

    /// <summary>No accessors, no finalizer, and not a record's own clone: its return type follows the target framework.</summary>
    private static bool IsListed(MethodInfo method) =>
        IsVisible(method) && !IsAccessor(method) && method.Name is not "Finalize" and not "<Clone>$";

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(Type type) => type.DeclaringType is { } outer
        ? IsVisible(outer) && (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem)
        : type.IsPublic;
}
