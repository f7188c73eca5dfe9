using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using CoinPay.Functions.Startup;
using CoinPay.Tests;
using Xunit;
using Assembly = System.Reflection.Assembly;

namespace CoinPay.Functions.Tests.Architecture;

/// <summary>Which way dependencies point, read from the compiled assemblies: signatures, attributes and the bodies of methods.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "CoinPay.Functions";

    /// <summary>Uses that are still to be cut, one a line. It only shrinks.</summary>
    private static readonly string Known = Path.Combine(
        RepositoryFiles.Root, "tests/CoinPay.Functions.Tests/Architecture/KnownViolations.txt");

    private static readonly Lazy<string[]> Uses = new(ReadUses);

    [Fact]
    public void A_room_uses_only_rooms_on_lower_floors()
    {
        string[] known = File.ReadAllLines(Known);
        string[] violations = [.. Uses.Value.Where(use => !IsAllowed(use))];
        Assert.True(
            violations.SequenceEqual(known, StringComparer.Ordinal),
            $"New: {string.Join("; ", violations.Except(known))}\nGone, to be taken off {Path.GetFileName(Known)}: "
            + $"{string.Join("; ", known.Except(violations))}");
    }

    /// <summary>A use in a signature, one in a lambda, and one in an asynchronous method.</summary>
    [Theory]
    [InlineData("Invoices/AdvanceInvoice -> Watching/ViewStore")]
    [InlineData("Startup/Gateway -> Http/IdempotencyStore")]
    [InlineData("Invoices/CreateInvoice -> Http/Idempotency")]
    public void The_reader_sees_uses_wherever_they_stand(string use) => Assert.Contains(use, Uses.Value);

    [Theory]
    [InlineData("CoinPay.Core")]
    [InlineData("CoinPay.Functions", "CoinPay.Core")]
    [InlineData("CoinPay.Host")]
    public void Programs_and_libraries_point_one_way(string name, params string[] uses) => Assert.Equal(
        uses,
        Assembly.Load(name).GetReferencedAssemblies()
            .Select(reference => reference.Name!).Where(reference => reference.StartsWith("CoinPay.", StringComparison.Ordinal)));

    private static bool IsAllowed(string use)
    {
        string[] folders = [.. use.Split(" -> ").Select(type => type.Split('/')[0])];
        return Rooms.MayUse(folders[0], folders[1]);
    }

    /// <summary>As <c>folder/Type -> folder/Type</c>, in order.</summary>
    private static string[] ReadUses()
    {
        ArchUnitNET.Domain.Architecture assembly = new ArchLoader().LoadAssemblies(typeof(Gateway).Assembly).Build();
        return
        [
            .. from type in assembly.Types
               let user = PlaceOf(type)
               from dependency in type.Dependencies
               let used = PlaceOf(dependency.Target)
               where user is not null && used is not null && user != used
               let use = $"{user} -> {used}"
               group use by use into uses
               orderby uses.Key
               select uses.Key,
        ];
    }

    /// <summary>The outermost type and its folder; null outside the app.</summary>
    private static string? PlaceOf(IType type)
    {
        string name = type.FullName.Split('+', '/', '<')[0];
        if (!name.StartsWith(Root + ".", StringComparison.Ordinal))
            return null;
        string[] parts = name[(Root.Length + 1)..].Split('.');
        return $"{(parts.Length > 1 ? parts[0] : "")}/{parts[^1].Split('`')[0]}";
    }
}
