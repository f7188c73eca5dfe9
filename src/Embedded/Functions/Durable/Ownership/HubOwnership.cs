using Azure;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable.Ownership;

/// <summary>
/// This process's right to write to the hub. A lease says who owns it; nothing is sent once the lease may have run out; and whoever
/// takes over marks every running instance as its own first, so that a write which was under way all the while meets another ETag.
/// </summary>
internal sealed class HubOwnership(ILease lease, TimeProvider time, ILogger<HubOwnership> log) : IDisposable
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    /// <summary>Seven or eight requests a minute.</summary>
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan RenewAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StandbyLook = TimeSpan.FromSeconds(1);

    /// <summary>What a request may take on its way before the service's lease is over.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    private readonly string _leaseId = Guid.NewGuid().ToString();
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private long _validUntil;
    private Task _renewal = Task.CompletedTask;

    /// <summary>Cancelled when the hub belongs to somebody else.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Stands by until the lease is had.</summary>
    public async Task AcquireAsync(CancellationToken cancellation)
    {
        for (bool first = true; ; first = false)
        {
            long asked = time.GetTimestamp();
            if (await lease.TryAcquireAsync(_leaseId, Duration, ProcessIdentity.Current, cancellation))
            {
                Extend(asked);
                break;
            }
            string? owner = await lease.OwnerAsync(cancellation);
            if (owner is not null && ProcessIdentity.IsKnownDead(owner))
            {
                log.LogInformation("The process that owned the task hub is gone: its lease is broken");
                await lease.BreakAsync(cancellation);
                continue;
            }
            if (first)
                log.LogInformation("Another process owns the task hub: this one stands by");
            await Task.Delay(StandbyLook, time, cancellation);
        }
        _renewal = RenewAsync();
    }

    /// <summary>False once the lease may have run out: until it is renewed nothing may be written.</summary>
    private bool IsHeld => !_lost.IsCancellationRequested && time.GetTimestamp() <= Volatile.Read(ref _validUntil);

    /// <summary>Throws if the lease may have run out: nothing may be written any more.</summary>
    public void Demand()
    {
        if (!IsHeld)
            throw new RequestFailedException(0, "This process does not own the task hub any more.");
    }

    /// <summary>True once the lease is held for certain, which may take a renewal; false once the hub belongs to somebody else.</summary>
    public async Task<bool> IsHeldAsync(CancellationToken cancellation)
    {
        while (!IsHeld && !_lost.IsCancellationRequested)
            await Task.Delay(RenewAgain, time, cancellation);
        return IsHeld;
    }

    public async Task ReleaseAsync()
    {
        await _released.CancelAsync();
        await _renewal;
        if (_lost.IsCancellationRequested)
            return;
        Volatile.Write(ref _validUntil, 0);
        try
        {
            await lease.ReleaseAsync(_leaseId, CancellationToken.None);
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            log.LogInformation("The lease on the task hub runs out by itself: {Reason}", failure.Message);
        }
    }

    public void Dispose()
    {
        _lost.Dispose();
        _released.Dispose();
    }

    private void Extend(long asked) => Volatile.Write(
        ref _validUntil, asked + (long)((Duration - Margin).TotalSeconds * time.TimestampFrequency));

    private async Task RenewAsync()
    {
        TimeSpan wait = RenewEvery;
        while (true)
        {
            await Task.Delay(wait, time, _released.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_released.IsCancellationRequested)
                return;
            try
            {
                long asked = time.GetTimestamp();
                await lease.RenewAsync(_leaseId, _released.Token);
                Extend(asked);
                wait = RenewEvery;
            }
            catch (Exception failure) when (StorageFault.Is(failure))
            {
                bool taken = failure is RequestFailedException { Status: 409 or 412 };
                if (_released.IsCancellationRequested)
                    return;
                if (taken || !IsHeld)
                {
                    log.LogCritical("The task hub is lost to another process: {Reason}", failure.Message);
                    await _lost.CancelAsync();
                    return;
                }
                wait = RenewAgain;
            }
        }
    }
}
