namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a worker tells its host of itself; here the host is this process, and asks nothing.</summary>
public class WorkerOptions
{
    public IDictionary<string, string> Capabilities { get; } = new Dictionary<string, string>();
}
