using System.Net;
using System.Net.Sockets;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>A host that cannot start says in a line what is wrong, and nothing that is secret.</summary>
public sealed class StartTests(TestStorage storage)
{
    private const string Secret = "c2VjcmV0LWtleS1vZi1hLXRlc3Q=";
    private const string Anywhere = "http://127.0.0.1:0";

    private const string Nowhere = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=" + Secret
        + ";BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:1/a";

    [Theory]
    [InlineData(null, "AzureWebJobsStorage is not set")]
    [InlineData("AccountKey=" + Secret, "AzureWebJobsStorage is not a connection string")]
    [InlineData("no connection string " + Secret, "AzureWebJobsStorage is not a connection string")]
    [InlineData(Nowhere, "http://127.0.0.1:1 cannot be used")]
    public async Task Storage_that_is_missing_or_away_is_told_without_its_key(string? connection, string told)
    {
        string output = await FailsAsync(
            HostProcess.WithTestApp, ("AzureWebJobsStorage", connection), ("ASPNETCORE_URLS", "http://127.0.0.1:" + FreePort()));
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_told()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        Assert.Contains(
            url, await FailsAsync(HostProcess.WithTestApp, ("AzureWebJobsStorage", storage.ConnectionString), ("ASPNETCORE_URLS", url)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "7071")]
    [InlineData("CoinPayHost__StopLimit", "soon")]
    [InlineData("CoinPayHost__OutOfProcess", "maybe")]
    [InlineData("CoinPay__TrustedProxies", "10.0.0.0/8, proxy.example")]
    [InlineData("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "1 MB")]
    public async Task A_setting_that_cannot_be_read_is_named(string name, string value) =>
        Assert.Contains(
            name, await FailsAsync(HostProcess.WithTestApp, ("AzureWebJobsStorage", storage.ConnectionString), (name, value)),
            StringComparison.Ordinal);

    [Fact]
    public async Task Files_that_are_missing_are_named() =>
        Assert.Contains("/nowhere/App.dll is missing", await FailsAsync(["--app", "/nowhere/App.dll"]), StringComparison.Ordinal);

    [Fact]
    public async Task An_unknown_option_shows_how_to_call_the_host() =>
        Assert.Contains("usage: CoinPay.Host", await FailsAsync(["--in-process"]), StringComparison.Ordinal);

    [Theory]
    [InlineData("--out-of-process")]
    [InlineData]
    public async Task A_route_that_the_real_host_does_not_serve_is_refused_with_the_functions_name(params string[] options)
    {
        string output = await FailsAsync(
            [.. HostProcess.WithTestApp, .. options], ("AzureWebJobsStorage", storage.ConnectionString), ("TestRun", "refused"),
            ("ASPNETCORE_URLS", "http://127.0.0.1:" + FreePort()), ("AzureFunctionsJobHost__extensions__http__routePrefix", "admin"));
        Assert.Matches("Function '[A-Za-z]+': the host reserves the route \"admin/[^\"]*\"", output);
    }

    [Fact]
    public async Task A_setting_that_a_trigger_names_and_nobody_has_set_is_told_with_the_functions_name()
    {
        string output = await FailsAsync(
            HostProcess.WithTestApp, ("AzureWebJobsStorage", storage.ConnectionString), ("TestRun", "unset"), ("Seldom", "0 0 0 1 1 *"),
            ("ASPNETCORE_URLS", "http://127.0.0.1:" + FreePort()));
        Assert.Contains("'Often': '%Often%' does not resolve", output, StringComparison.Ordinal);
    }

    /// <summary>It ends with a failure, and with no stack trace.</summary>
    private static async Task<string> FailsAsync(string[] options, params (string Name, string? Value)[] settings)
    {
        if (!settings.Any(setting => setting.Name == "ASPNETCORE_URLS"))
            settings = [.. settings, ("ASPNETCORE_URLS", Anywhere)];
        (string output, int exitCode) = await HostProcess.FailAsync(options, settings);
        Assert.Equal(1, exitCode);
        Assert.Contains("CoinPay.Host cannot start. ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        return output;
    }

    private static int FreePort() => CoinPay.Testing.Processes.LocalProcess.FreePort();
}
