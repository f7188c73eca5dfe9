using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using CoinPay.Tests;
using Xunit;

namespace CoinPay.Functions.Tests.HostParity;

/// <summary>
/// The build for Azure, whose packages are not to be had everywhere: what it needs of them is written down, and this project is
/// what a Functions host expects.
/// </summary>
public sealed class HostParityTests
{
    private const string NotStoodInFor = "Microsoft.Azure.Functions.Worker.Sdk";
    private static readonly string Project =
        Path.Combine(RepositoryFiles.Root, "src/CoinPay.Functions/CoinPay.Functions.csproj");

    private readonly PublishedPackages _list = PublishedPackages.Read();

    [Fact]
    public void The_written_list_is_what_the_app_uses_of_the_published_packages()
    {
        HashSet<string> used = UsedApi.Of(typeof(Gateway).Assembly);
        Assert.Contains("Microsoft.DurableTask.TaskOrchestrationContext.GetInput<1>()", used);
        Assert.Contains("[Microsoft.Azure.Functions.Worker.HttpTriggerAttribute] Route", used);
        Assert.Equal(_list.Members.Count, _list.Members.Distinct().Count());
        Assert.True(
            used.SetEquals(_list.Members),
            $"published-packages.md lacks:\n{Lines(used.Except(_list.Members))}\n"
            + $"and has without need:\n{Lines(_list.Members.Except(used))}");
    }

    [Fact]
    public async Task The_build_for_Azure_names_the_packages_of_the_list_and_their_versions()
    {
        JsonElement items = (await EvaluateAsync()).GetProperty("Items");
        Dictionary<string, string> central = XDocument.Load(Path.Combine(RepositoryFiles.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(
                package => (string)package.Attribute("Include")!, package => (string)package.Attribute("Version")!);
        string[] published = [.. Named(items, "PackageReference").Where(IsOfTheHostOrAChain)];

        Assert.Contains(NotStoodInFor, published);
        Assert.Equal(
            _list.Versions.Keys.Order(StringComparer.Ordinal), published.Except([NotStoodInFor]).Order(StringComparer.Ordinal));
        Assert.All(_list.Versions, package => Assert.Equal(package.Value, central[package.Key]));
        Assert.DoesNotContain(Named(items, "ProjectReference"), path => path.Contains("Embedded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_build_for_Azure_is_an_isolated_app_with_its_host_json()
    {
        JsonElement project = await EvaluateAsync();
        JsonElement properties = project.GetProperty("Properties");
        Assert.Equal("Exe", properties.GetProperty("OutputType").GetString());
        Assert.Equal("v4", properties.GetProperty("AzureFunctionsVersion").GetString());
        Assert.Equal("net10.0", properties.GetProperty("TargetFramework").GetString());
        JsonElement hostJson = Assert.Single(
            project.GetProperty("Items").GetProperty("None").EnumerateArray(),
            item => item.GetProperty("Filename").GetString() == "host");
        Assert.Equal("host.json", hostJson.GetProperty("Link").GetString());
        Assert.Equal("PreserveNewest", hostJson.GetProperty("CopyToOutputDirectory").GetString());
        Assert.Equal(Path.Combine(RepositoryFiles.Root, "host.json"), hostJson.GetProperty("FullPath").GetString());
        Assert.Contains("Microsoft.AspNetCore.App", Named(project.GetProperty("Items"), "FrameworkReference"));
    }

    private static string Lines(IEnumerable<string> members) => string.Join('\n', members.Order(StringComparer.Ordinal));

    private static bool IsOfTheHostOrAChain(string package) =>
        package.StartsWith("Microsoft.Azure.Functions.", StringComparison.Ordinal)
        || package.StartsWith("NBitcoin", StringComparison.Ordinal)
        || package.StartsWith("Nethereum", StringComparison.Ordinal);

    private static string[] Named(JsonElement items, string kind) =>
        [.. items.GetProperty(kind).EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];

    /// <summary>The project as MSBuild has it for Azure; nothing is restored or built.</summary>
    private static async Task<JsonElement> EvaluateAsync()
    {
        ProcessStartInfo start = new("dotnet",
        [
            "msbuild", Project, "-p:FunctionsPackages=nuget", "-p:ChainPackages=nuget", "-nodeReuse:false",
            "-getItem:PackageReference,ProjectReference,FrameworkReference,None",
            "-getProperty:OutputType,AzureFunctionsVersion,TargetFramework",
        ])
        { RedirectStandardOutput = true, UseShellExecute = false };
        using Process msbuild = Process.Start(start)!;
        string answer = await msbuild.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await msbuild.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(msbuild.ExitCode == 0, answer);
        return JsonSerializer.Deserialize<JsonElement>(answer);
    }
}
