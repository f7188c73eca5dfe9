using CoinPay.Tests;
using Xunit;

namespace CoinPay.Core.Tests;

/// <summary>House rules that no analyzer states.</summary>
public sealed class TidyTests
{
    [Fact]
    public void Core_has_no_package_and_no_project_reference()
    {
        string project = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src/CoinPay.Core/CoinPay.Core.csproj"));
        Assert.DoesNotContain("PackageReference", project, StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
    }
}
