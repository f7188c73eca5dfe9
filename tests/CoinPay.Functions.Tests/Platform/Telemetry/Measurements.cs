using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CoinPay.Functions.Tests.Platform.Telemetry;

/// <summary>What the code under a test measures, and nothing that tests beside it do: measurements come on the caller's own flow.</summary>
internal sealed class Measurements : IDisposable
{
    private static readonly AsyncLocal<Measurements?> Mine = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _all = new();

    public Measurements()
    {
        Mine.Value = this;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "CoinPay")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>As <c>name{tags} value unit</c>.</summary>
    public IEnumerable<string> All => _all.Select(measured => measured.ToString());

    /// <summary>Those of one instrument.</summary>
    public string[] Of(string name) => [.. _all.Where(measured => measured.Name == name).Select(measured => measured.ToString())];

    /// <summary>Asks the gauges now; the answers of those asked before are forgotten.</summary>
    public Measurements Look()
    {
        _all.Clear();
        _listener.RecordObservableInstruments();
        return this;
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Mine.Value == this)
            _all.Enqueue(new(instrument.Name, value, instrument.Unit, string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
    }

    private sealed record Measured(string Name, double Value, string? Unit, string Tags)
    {
        public override string ToString() => FormattableString.Invariant($"{Name}{{{Tags}}} {Value} {Unit}");
    }
}
