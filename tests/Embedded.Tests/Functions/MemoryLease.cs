using Azure;
using CoinPay.Embedded.Durable.Ownership;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>A blob's lease in memory.</summary>
internal sealed class MemoryLease(TimeProvider time) : ILease
{
    private readonly Lock _gate = new();
    private string? _holder;
    private DateTimeOffset _until;

    /// <summary>While set, renewals do not get through: the holder is cut off or stands still.</summary>
    public string? CutOff { get; set; }

    /// <summary>While it is not completed, renewals are on their way.</summary>
    public Task Way { get; set; } = Task.CompletedTask;

    public DateTimeOffset RenewedAt { get; private set; } = time.GetUtcNow();

    public string? Holder
    {
        get
        {
            lock (_gate)
                return _until > time.GetUtcNow() ? _holder : null;
        }
    }

    public Task<bool> TryAcquireAsync(string leaseId, TimeSpan duration, string owner, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (Holder is not null)
                return Task.FromResult(false);
            _holder = leaseId;
            _until = time.GetUtcNow() + duration;
            return Task.FromResult(true);
        }
    }

    public async Task RenewAsync(string leaseId, CancellationToken cancellation)
    {
        await Way;
        if (CutOff == leaseId)
            throw new RequestFailedException(0, "cut off");
        lock (_gate)
        {
            if (Holder != leaseId)
                throw new RequestFailedException(409, "LeaseIdMismatchWithLeaseOperation");
            RenewedAt = time.GetUtcNow();
            _until = RenewedAt + HubOwnership.Duration;
        }
    }

    public Task ReleaseAsync(string leaseId, CancellationToken cancellation)
    {
        lock (_gate)
            if (_holder == leaseId)
                _until = default;
        return Task.CompletedTask;
    }

    public Task<string?> OwnerAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

    public Task BreakAsync(CancellationToken cancellation) => throw new NotSupportedException();
}
