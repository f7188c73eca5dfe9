namespace CoinPay.Host.Worker;

/// <summary>Runs the app's own program, the worker.</summary>
internal interface IWorkerProgram
{
    /// <summary>Runs the program until it ends, and returns its exit code. A worker that its stream tells to terminate also ends.</summary>
    /// <param name="endpoint">The address of the host's gRPC server.</param>
    Task<int> RunAsync(Uri endpoint);

    /// <summary>Kills it, if that is possible without ending the host.</summary>
    void Kill();
}
