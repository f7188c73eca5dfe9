namespace CoinPay.Host.Worker;

/// <summary>Runs the app's own program, the worker.</summary>
internal interface IWorkerProgram
{
    /// <summary>Runs it until it ends by itself, and returns its exit code; a worker that is told to terminate by its stream ends, too.</summary>
    /// <param name="endpoint">Where the host's gRPC server listens.</param>
    Task<int> RunAsync(Uri endpoint);

    /// <summary>Ends it at once, if that can be done without ending the host.</summary>
    void Kill();
}
