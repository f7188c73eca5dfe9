using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using CoinPay.Chains;
using CoinPay.Functions.Startup;
using Xunit;
using Assembly = System.Reflection.Assembly;

namespace CoinPay.Functions.Tests.Architecture;

/// <summary>Which way dependencies point, read from the compiled assemblies: signatures, attributes and the bodies of methods.</summary>
public sealed class ArchitectureTests
{
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Functions = new(() => Load(typeof(Gateway).Assembly));
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Chains = new(() => Load(typeof(IChain).Assembly));

    [Fact]
    public void A_room_uses_only_rooms_on_lower_floors()
    {
        Assert.Empty(Violations(Functions.Value, Rooms.Functions));
        Assert.Empty(Violations(Chains.Value, Rooms.Chains));
        Assert.Empty(Violations(Load(Assembly.Load("CoinPay.Host")), Rooms.Host));
    }

    [Fact]
    public void Folders_within_a_room_form_no_cycle()
    {
        string[] divided = [.. PlacesOf(Functions.Value, "CoinPay.Functions").Where(place => place.Contains('.')).Select(RoomOf).Distinct()];
        Assert.Equal(Rooms.Within.Keys.Order(StringComparer.Ordinal), divided.Order(StringComparer.Ordinal));
        Assert.All(Rooms.Within.Values, rooms => Assert.Empty(Violations(Functions.Value, rooms)));
    }

    /// <summary>A use in a signature, one in a lambda, and one in an asynchronous method.</summary>
    [Theory]
    [InlineData("Invoices/AdvanceInvoice -> Watching/ViewStore")]
    [InlineData("Startup/Slices -> Http/IdempotencyStore")]
    [InlineData("Invoices/CreateInvoice -> Http/IdempotencyKey")]
    public void The_reader_sees_uses_wherever_they_stand(string use) =>
        Assert.Contains(use, Uses(Functions.Value, "CoinPay.Functions").Select(pair => $"{pair.User} -> {pair.Used}"));

    [Theory]
    [InlineData("CoinPay.Core")]
    [InlineData("CoinPay.Chains", "CoinPay.Core")]
    [InlineData("CoinPay.Functions", "CoinPay.Chains", "CoinPay.Core")]
    [InlineData("CoinPay.Host")]
    public void Programs_and_libraries_point_one_way(string name, params string[] uses) => Assert.Equal(
        uses,
        ReferencesOf(name).Where(reference => reference.StartsWith("CoinPay.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Chains_know_neither_Azure_nor_functions() => Assert.DoesNotContain(
        ReferencesOf("CoinPay.Chains"),
        reference => reference.StartsWith("Azure.", StringComparison.Ordinal) || reference.Contains("Functions", StringComparison.Ordinal)
            || reference.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || reference.Contains("DurableTask", StringComparison.Ordinal));

    private static IEnumerable<string> ReferencesOf(string name) =>
        Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!);

    private static ArchUnitNET.Domain.Architecture Load(Assembly assembly) => new ArchLoader().LoadAssemblies(assembly).Build();

    private static IEnumerable<string> Violations(ArchUnitNET.Domain.Architecture assembly, Rooms rooms) =>
        from use in Uses(assembly, rooms.Assembly)
        where !rooms.MayUse(RoomOf(use.User.Split('/')[0]), RoomOf(use.Used.Split('/')[0]))
        select $"{use.User} -> {use.Used}";

    /// <summary>The first folder below the root.</summary>
    private static string RoomOf(string folder) => folder.Split('.')[0];

    private static IEnumerable<string> PlacesOf(ArchUnitNET.Domain.Architecture assembly, string root) =>
        assembly.Types.Select(type => PlaceOf(type, root)).OfType<string>().Select(place => place.Split('/')[0]);

    /// <summary>Each as <c>Folder.Folder/Type</c>, below a root namespace.</summary>
    private static IEnumerable<(string User, string Used)> Uses(ArchUnitNET.Domain.Architecture assembly, string root) =>
    [
        .. from type in assembly.Types
           let user = PlaceOf(type, root)
           from dependency in type.Dependencies
           let used = PlaceOf(dependency.Target, root)
           where user is not null && used is not null && user != used
           group (user, used) by $"{user} -> {used}" into uses
           orderby uses.Key
           select uses.First(),
    ];

    /// <summary>The outermost type and its folder; null outside the root.</summary>
    private static string? PlaceOf(IType type, string root)
    {
        string name = type.FullName.Split('+', '/', '<')[0];
        if (!name.StartsWith(root + ".", StringComparison.Ordinal))
            return null;
        string[] parts = name[(root.Length + 1)..].Split('.');
        return $"{string.Join('.', parts[..^1])}/{parts[^1].Split('`')[0]}";
    }
}
