using System.Reflection;
using CoinPay.Embedded.Tests.Surface;
using Xunit;

namespace CoinPay.Embedded.Tests;

/// <summary>
/// What src/Embedded offers exists in the published packages with the same name, signature and parameter names (docs/design, rule 1).
/// After offering more, run once with COINPAY_SURFACE_LISTS set to a folder with the whole lists: the lines needed are copied from there.
/// </summary>
public sealed class SurfaceTests
{
    private static readonly string[] Assemblies =
        ["CoinPay.Embedded.Functions", "CoinPay.Embedded.Storage", "CoinPay.Embedded.NBitcoin", "CoinPay.Embedded.Nethereum"];

    [Fact]
    public void Every_public_or_protected_member_exists_in_the_published_package()
    {
        string[] ours = [.. Assemblies.Select(Assembly.Load).SelectMany(SurfaceLine.Of)];
        if (Environment.GetEnvironmentVariable("COINPAY_SURFACE_LISTS") is { Length: > 0 } folder)
            SurfaceLists.TakeFrom(folder, ours);
        Assert.Equal("", string.Join('\n', SurfaceLists.Missing(ours, SurfaceLists.Read())));
    }

    [Fact]
    public void Storage_in_memory_stands_on_the_Azure_SDK_alone_and_the_runtime_not_on_it()
    {
        Assert.DoesNotContain("CoinPay.Embedded.Storage", References("CoinPay.Embedded.Functions"));
        Assert.All(References("CoinPay.Embedded.Storage"), name => Assert.Matches("^(System|Azure)[.]", name));
    }

    private static IEnumerable<string> References(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!);

    [Fact]
    public void An_invented_member_is_reported()
    {
        string[] missing = [.. SurfaceLists.Missing(SurfaceLine.Of(typeof(Invented)), SurfaceLists.Read())];
        Assert.Contains(missing, line => line.StartsWith("T:", StringComparison.Ordinal) && line.EndsWith("[class]", StringComparison.Ordinal));
        Assert.Contains(missing, line => line.Contains("Invented.Method``1(``0,System.Collections.Generic.List{System.Int32}) -> System.Void | a, b?"));
    }

    [Fact]
    public void A_parameter_by_another_name_is_reported()
    {
        const string Published = "M:A.B.Run(System.String) -> System.Void | name";
        Assert.Single(SurfaceLists.Missing(["M:A.B.Run(System.String) -> System.Void | title"], [Published]));
        Assert.Empty(SurfaceLists.Missing([Published], [Published]));
    }

    [Fact]
    public void A_base_that_the_published_type_lacks_is_reported()
    {
        const string Published = "T:A.B [class] : A.C ; System.IDisposable";
        Assert.Empty(SurfaceLists.Missing(["T:A.B [class] : A.C"], [Published]));
        Assert.Single(SurfaceLists.Missing(["T:A.B [class] : A.D"], [Published]));
        Assert.Single(SurfaceLists.Missing(["T:A.B [sealed class] : A.C"], [Published]));
    }

    public class Invented
    {
        private readonly List<object?> _seen = [];

        public void Method<T>(T a, List<int>? b = null)
        {
            _seen.Add(a);
            _seen.Add(b);
        }
    }
}
