using System.Runtime.InteropServices;
using CoinPay.Host.App;
using CoinPay.Host.Configuration;
using CoinPay.Host.Logs;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Life;

/// <summary>The program: runs one functions app on one machine until a signal ends it or it cannot continue.</summary>
internal static class HostProgram
{
    private const int Failure = 1;

    /// <returns>0 after a requested stop; otherwise 1.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            HostArguments parsed = HostArguments.Parse(arguments);
            AppFolder folder = new(parsed.App);
            HostConfiguration configuration = new(folder, parsed);
            TellTheWorker(folder);
            using ILoggerFactory loggers = HostLog.Create(configuration.Root);
            using StopSignals stop = new();
            AppDomain.CurrentDomain.ProcessExit += EndWithFailure;
            int exitCode = await RunAsync(new(folder, configuration, loggers), stop.Asked, loggers);
            AppDomain.CurrentDomain.ProcessExit -= EndWithFailure;
            return exitCode;
        }
        catch (StartException wrong)
        {
            await Console.Error.WriteLineAsync($"CoinPay.Host cannot start. {wrong.Message}");
            return Failure;
        }
    }

    private static async Task<int> RunAsync(HostRun run, Task stopAsked, ILoggerFactory loggers)
    {
        await using (run)
        {
            try
            {
                return await run.RunAsync(stopAsked) ? 0 : Failure;
            }
            catch (Exception failure) when (failure is not StartException)
            {
                loggers.CreateLogger("CoinPay.Host").LogCritical(failure, "The host failed: {Reason}", failure.Message);
                return Failure;
            }
        }
    }

    /// <summary>
    /// An in-process app that calls Exit ends the host. Nobody requested that stop, so the app's exit code does not matter.
    /// </summary>
    private static void EndWithFailure(object? sender, EventArgs e)
    {
        if (Environment.ExitCode == 0)
            Environment.ExitCode = Failure;
    }

    /// <summary>Sets what an app reads about its host, in its own process or in this one.</summary>
    private static void TellTheWorker(AppFolder folder)
    {
        Environment.SetEnvironmentVariable("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated");
        Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", folder.Path);
        Environment.SetEnvironmentVariable("FUNCTIONS_WORKER_DIRECTORY", folder.Path);
    }

    /// <summary>SIGTERM, SIGINT and SIGQUIT: the first requests an orderly stop, a second ends the process.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly PosixSignalRegistration[] _registrations;

        public StopSignals() => _registrations =
            [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, Ask))];

        public Task Asked => _asked.Task;

        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in _registrations)
                registration.Dispose();
        }

        private void Ask(PosixSignalContext signal)
        {
            signal.Cancel = _asked.TrySetResult();
        }
    }
}
