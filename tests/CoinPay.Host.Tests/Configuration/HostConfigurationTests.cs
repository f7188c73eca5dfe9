using System.Text.RegularExpressions;
using CoinPay.Host.App;
using CoinPay.Host.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace CoinPay.Host.Tests.Configuration;

public sealed partial class HostConfigurationTests : IDisposable
{
    private const string Partitions = "AzureFunctionsJobHost:extensions:durableTask:storageProvider:partitionCount";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("host-");

    [Fact]
    public void One_machines_values_stand_over_host_json_unless_the_deployed_one_is_asked_for()
    {
        Assert.Equal("1", Load()[Partitions]);
        Assert.Equal("4", Load("--deployed-host-json")[Partitions]);
    }

    [Fact]
    public void An_empty_route_prefix_stays_empty_in_a_host_that_takes_the_values_over()
    {
        ConfigurationBuilder builder = new();
        new HostConfiguration(Folder(), HostArguments.Parse([])).AddTo(builder);
        Assert.Equal("", builder.Build()["AzureFunctionsJobHost:extensions:http:routePrefix"]);
    }

    [Fact]
    public void A_name_comes_from_machine_and_port_so_that_a_restart_keeps_it() =>
        Assert.Equal($"{Environment.MachineName}-7071", new HostConfiguration(Folder(), HostArguments.Parse([])).Settings.Name);

    [Fact]
    public void A_setting_that_the_host_does_not_have_stops_the_start_and_those_that_it_has_are_named()
    {
        StartException refused = Assert.Throws<StartException>(() => From("CoinPayHost:SystemKeys"));
        Assert.StartsWith("No such setting: CoinPayHost__SystemKeys.", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(", CoinPayHost__SystemKey.", refused.Message, StringComparison.Ordinal);
        Assert.All(HostSettings.Names, name => Assert.NotNull(From($"CoinPayHost:{name}")));
    }

    [Fact]
    public void The_settings_that_the_host_has_are_those_that_it_reads()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "CoinPay.Functions.sln")))
            root = root.Parent!;
        IEnumerable<string> read =
            from file in Directory.EnumerateFiles(Path.Combine(root.FullName, "src/CoinPay.Host"), "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/obj/", StringComparison.Ordinal)
            from match in ReadSetting().Matches(File.ReadAllText(file))
            select match.Groups["name"].Value;
        Assert.Equal(HostSettings.Names, read.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("http://*:8080", "http://localhost:8080/")]
    [InlineData("http://0.0.0.0:80", "http://localhost/")]
    [InlineData("http://[::]:5000", "http://localhost:5000/")]
    [InlineData("https://127.0.0.1:8443", "https://127.0.0.1:8443/")]
    public void Clients_on_this_machine_call_an_address_for_all_by_localhost(string url, string called) =>
        Assert.Equal(called, ListenUrl.ForClients(url).ToString());

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>With one setting, whose value any kind of setting takes.</summary>
    private static HostSettings From(string name) => HostSettings.From(
        new ConfigurationBuilder().AddInMemoryCollection([new(name, "")]).Build());

    private IConfigurationRoot Load(params string[] arguments) => new HostConfiguration(Folder(), HostArguments.Parse(arguments)).Root;

    private AppFolder Folder()
    {
        string app = Path.Combine(_folder.FullName, "App.dll");
        File.WriteAllText(app, "");
        File.WriteAllText(
            Path.Combine(_folder.FullName, "host.json"),
            """{ "extensions": { "http": { "routePrefix": "" }, "durableTask": { "storageProvider": { "partitionCount": 4 } } } }""");
        return new(app);
    }

    [GeneratedRegex(@"(own\[""|own, ""|""CoinPayHost:)(?<name>[A-Za-z]+)""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ReadSetting();
}
