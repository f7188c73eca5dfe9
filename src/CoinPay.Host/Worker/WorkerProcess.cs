using System.Diagnostics;
using System.Globalization;
using CoinPay.Host.App;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Worker;

/// <summary>Runs the app in its own process, started as Azure starts it.</summary>
internal sealed class WorkerProcess(AppFolder folder, ILogger<WorkerProcess> log) : IWorkerProgram
{
    /// <summary>Ends the worker when the thread that started it ends, and so with the host, however that ends. Linux only.</summary>
    private const string SetPrivileges = "/usr/bin/setpriv";

    /// <summary>Ctrl-C in the host's terminal reaches only the host, which then ends the worker in an orderly way.</summary>
    private const string SetSession = "/usr/bin/setsid";

    private volatile Process? _process;

    public Task<int> RunAsync(Uri endpoint)
    {
        TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // A dedicated thread that lives as long as the worker: see SetPrivileges.
        new Thread(() => Run(endpoint, ended)) { IsBackground = true, Name = "worker process" }.Start();
        return ended.Task;
    }

    public void Kill()
    {
        try
        {
            _process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has already ended.
        }
    }

    private void Run(Uri endpoint, TaskCompletionSource<int> ended)
    {
        try
        {
            using Process process = Process.Start(StartInfo(endpoint))!;
            _process = process;
            log.LogInformation("The worker runs as process {Pid}", process.Id);
            process.WaitForExit();
            _process = null;
            ended.SetResult(process.ExitCode);
        }
        catch (Exception failure)
        {
            ended.SetException(failure);
        }
    }

    private ProcessStartInfo StartInfo(Uri endpoint)
    {
        string id = Guid.NewGuid().ToString();
        string maxLength = int.MaxValue.ToString(CultureInfo.InvariantCulture);
        List<string> command =
        [
            "dotnet", folder.AssemblyFile,
            "--host", endpoint.Host, "--port", endpoint.Port.ToString(CultureInfo.InvariantCulture),
            "--workerId", id, "--requestId", id, "--grpcMaxMessageLength", maxLength,
            "--functions-uri", endpoint.ToString(), "--functions-worker-id", id, "--functions-request-id", id,
            "--functions-grpc-max-message-length", maxLength,
        ];
        if (File.Exists(SetSession) && File.Exists(SetPrivileges))
            command.InsertRange(0, [SetPrivileges, "--pdeathsig", "KILL", "--", SetSession]);
        return new(command[0], command.Skip(1)) { WorkingDirectory = folder.Path, UseShellExecute = false };
    }
}
