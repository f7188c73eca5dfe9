using CoinPay.Acceptance.World;

namespace CoinPay.Acceptance.Telemetry;

/// <summary>Real nodes, Azurite and the gateway, which sends its telemetry to <see cref="Ingestion"/>.</summary>
public sealed class MonitoredWorld : TestWorld
{
    internal Ingestion Ingestion { get; private set; } = null!;

    internal override async Task<string> StorageAsync()
    {
        Ingestion = await Ingestion.StartAsync();
        return await base.StorageAsync();
    }

    internal override Dictionary<string, string?> Networks() => new(base.Networks(), StringComparer.Ordinal)
    {
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = Ingestion.ConnectionString,
        ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true", // Its own statistics go to Microsoft.
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Ingestion.DisposeAsync();
    }

    /// <summary>Waits until what was sent holds something.</summary>
    internal async Task<Sent> WaitForSentAsync(Func<Sent, bool> isIt, string what)
    {
        try
        {
            return await WaitForAsync(() => Task.FromResult(Ingestion.All.FirstOrDefault(isIt)!), sent => sent is not null, what);
        }
        catch (TimeoutException late)
        {
            IEnumerable<string> spans = Ingestion.All.Where(sent => sent.IsSpan).Select(sent => $"{sent.Name} ({sent.InvoiceId})").Distinct();
            throw new TimeoutException($"{what}: not among {string.Join(", ", spans)}", late);
        }
    }
}
