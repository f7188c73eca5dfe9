using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>
/// The names of a closed set's members in JSON and in rows. The name is an attribute of System.Text.Json on the member,
/// so that renaming a type or a member does not change it.
/// </summary>
public static class WireName
{
    public static string Of<TEnum>(TEnum member)
        where TEnum : struct, Enum =>
        Enums<TEnum>.Names.TryGetValue(member, out string? name)
            ? name
            : throw new BugException($"{typeof(TEnum).Name} {member} has no name");

    /// <summary>Returns the member with this name, or null.</summary>
    public static TEnum? Find<TEnum>(string name)
        where TEnum : struct, Enum =>
        Enums<TEnum>.Members.TryGetValue(name, out TEnum member) ? member : null;

    /// <summary>Returns the member with a name that we wrote; any other name is a bug.</summary>
    public static TEnum Read<TEnum>(string name)
        where TEnum : struct, Enum =>
        Find<TEnum>(name) ?? throw new BugException($"'{name}' is not a value of {typeof(TEnum).Name}");

    /// <summary>Returns the name of a record in its closed set.</summary>
    public static string In<TSet>(TSet record)
        where TSet : class =>
        Records<TSet>.Names.TryGetValue(record.GetType(), out string? name)
            ? name
            : throw new BugException($"{record.GetType().Name} is not in the set of {typeof(TSet).Name}");

    private static class Enums<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly FrozenDictionary<TEnum, string> Names = Enum.GetValues<TEnum>().ToFrozenDictionary(
            member => member,
            member => typeof(TEnum).GetField(member.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                ?? throw new BugException($"{typeof(TEnum).Name}.{member} has no JsonStringEnumMemberName"));

        public static readonly FrozenDictionary<string, TEnum> Members =
            Names.ToFrozenDictionary(known => known.Value, known => known.Key, StringComparer.Ordinal);
    }

    private static class Records<TSet>
    {
        public static readonly FrozenDictionary<Type, string> Names = typeof(TSet)
            .GetCustomAttributes<JsonDerivedTypeAttribute>()
            .ToFrozenDictionary(known => known.DerivedType, known => (string)known.TypeDiscriminator!);
    }
}
