using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CoinPay.Embedded.Tests.Functions;
using CoinPay.Tests;

namespace CoinPay.Embedded.Tests.Processes;

/// <summary>tests/Embedded.App as a process on a task hub; one of several, of which one owns the hub and listens.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    private readonly LocalProcess _process;
    private readonly HttpClient _http = new() { Timeout = Eventually.Patience };
    private Uri? _address;

    private HostProcess(LocalProcess process) => _process = process;

    public int Id => _process.Id;

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    /// <summary>True once it owns the hub: a process that stands by does not listen.</summary>
    public bool Listens => Address is not null;

    public bool StandsBy => Output.Contains("this one stands by", StringComparison.Ordinal);

    private Uri? Address => _address ??= Listening().Match(Output) is { Success: true } line ? new(line.Groups["address"].Value) : null;

    /// <summary>Starts it and waits for nothing.</summary>
    public static async Task<HostProcess> LaunchAsync(string storage, string hub) => new(await LocalProcess.StartAsync(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Embedded.App.dll")],
        _ => Task.FromResult(true),
        new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = hub,
        }));

    public Task ListensAsync() => Eventually.UntilAsync(() =>
        !HasExited ? Listens : throw new InvalidOperationException($"the host ended with {_process.ExitCode}:\n{Output}"));

    /// <summary>False if it is not there, or dies over it: the caller then does not know what was done.</summary>
    public async Task<bool> TryPostAsync(string path)
    {
        if (Address is not { } address)
            return false;
        try
        {
            using HttpResponseMessage answer = await _http.PostAsync(new Uri(address, "/api/" + path), null);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGSTOP: it stands still and knows nothing of it.</summary>
    public Task StopAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT: it goes on where it stood.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
            throw new InvalidOperationException($"kill -{signal} {Id} ended with {kill.ExitCode}");
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://\S+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
