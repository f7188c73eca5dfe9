using Azure.Core;
using Azure.Core.Pipeline;

namespace CoinPay.Testing.Gateway;

/// <summary>The process dies here: thrown instead of sending a storage call or returning its response.</summary>
internal sealed class CrashException : Exception;

/// <summary>
/// Counts the storage calls of real clients, and ends the work before or after the one a test chose. It throws what no
/// code of ours catches, so the work stops as it would with its process.
/// </summary>
internal sealed class StorageFaults : HttpPipelinePolicy
{
    private int _calls;

    /// <summary>The number of calls so far.</summary>
    public int Calls => _calls;

    /// <summary>The number of the call to crash at, from 1; 0 for none.</summary>
    public int CrashAt { get; set; }

    /// <summary>Whether that call has taken effect when the crash comes.</summary>
    public bool AfterEffect { get; set; }

    public void Reset(int crashAt = 0, bool afterEffect = false) => (_calls, CrashAt, AfterEffect) = (0, crashAt, afterEffect);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("the app calls storage asynchronously only");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        bool isHere = Interlocked.Increment(ref _calls) == CrashAt;
        if (isHere && !AfterEffect)
            throw new CrashException();
        await ProcessNextAsync(message, pipeline);
        if (isHere)
            throw new CrashException();
    }
}
