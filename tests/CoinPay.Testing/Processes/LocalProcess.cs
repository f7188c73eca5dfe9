using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CoinPay.Testing.Processes;

/// <summary>
/// A program that a test starts on 127.0.0.1 and ends by its own pid: Azurite, a node, the gateway. What it prints is also
/// written to a file in the folder that <c>COINPAY_TEST_LOGS</c> names.
/// </summary>
internal sealed class LocalProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<LocalProcess, bool> All = new();
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private bool _hasEnded;

    private StreamWriter? _file;

    private LocalProcess(Process process)
    {
        _process = process;
        if (Environment.GetEnvironmentVariable("COINPAY_TEST_LOGS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            _file = new(Path.Combine(folder, $"{process.ProcessName}-{process.Id}.txt")) { AutoFlush = true };
        }
    }

    /// <summary>A test program that is asked to stop also stops what it started.</summary>
    static LocalProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (LocalProcess left in All.Keys)
            left._process.Kill(entireProcessTree: true);
    };

    /// <summary>Every program that was started here and has not been killed.</summary>
    public static IEnumerable<LocalProcess> Running => All.Keys;

    public int Id => _process.Id;

    public bool HasExited => _hasEnded || _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything that the program has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>
    /// A port of 127.0.0.1 that nobody listens on, given to nobody else in this process. It lies below the range from which the
    /// system takes the ports of outgoing connections, so that none of those can be on it by the time it is used.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(LowestPort, HighestPort);
            if (GivenPorts.TryAdd(port, true) && IsFree(port))
                return port;
        }
    }

    private const int LowestPort = 20_000;
    private const int HighestPort = 32_000;
    private static readonly ConcurrentDictionary<int, bool> GivenPorts = new();

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Starts the program and waits until <paramref name="ready"/> returns true, or throws with the program's output.</summary>
    public static async Task<LocalProcess> StartAsync(
        string program,
        IEnumerable<string> arguments,
        Func<LocalProcess, Task<bool>> ready,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null,
        TimeSpan? timeout = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        LocalProcess started = new(Process.Start(start) ?? throw new InvalidOperationException("did not start: " + program));
        All.TryAdd(started, true);
        started._process.OutputDataReceived += started.Keep;
        started._process.ErrorDataReceived += started.Keep;
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        await started.WaitUntilReadyAsync(ready, timeout ?? TimeSpan.FromMinutes(2));
        return started;
    }

    /// <summary>The command line.</summary>
    public override string ToString() => $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}";

    /// <summary>Sends SIGTERM and waits for the exit; throws if that takes more than a minute.</summary>
    public async Task StopAsync()
    {
        // bash has it built in; a program of the name is not on every machine.
        using (Process kill = Process.Start("bash", ["-c", $"kill -TERM {Id}"]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(LongestStop);
        All.TryRemove(this, out _);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        All.TryRemove(this, out _);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hasEnded)
            return;
        await KillAsync();
        _hasEnded = true;
        _process.Dispose();
        lock (_output)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private async Task WaitUntilReadyAsync(Func<LocalProcess, Task<bool>> ready, TimeSpan timeout)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            if (_process.HasExited)
            {
                // Until the last it printed has come, too.
                await _process.WaitForExitAsync();
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}:\n{Output}");
            }
            if (await IsReadyAsync(ready))
                return;
            if (waited.Elapsed > timeout)
            {
                await KillAsync();
                throw new TimeoutException($"{_process.StartInfo.FileName} was not ready in {timeout}:\n{Output}");
            }
            await Task.Delay(50);
        }
    }

    private async Task<bool> IsReadyAsync(Func<LocalProcess, Task<bool>> ready)
    {
        try
        {
            return await ready(this);
        }
        catch (Exception notYet) when (notYet is HttpRequestException or SocketException or IOException or TaskCanceledException)
        {
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
            _file?.WriteLine(line.Data);
        }
    }
}
