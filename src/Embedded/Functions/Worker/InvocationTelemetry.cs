using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CoinPay.Embedded.Worker;

/// <summary>
/// Spans and counts under the published names: the source and tags of the worker (semantic conventions 1.37), the meter of the host.
/// </summary>
/// <seealso href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/faas/"/>
internal static class InvocationTelemetry
{
    public const string Source = "Microsoft.Azure.Functions.Worker";
    public const string MeterName = "Microsoft.Azure.WebJobs.Script.Host.Internal";

    private static readonly ActivitySource Spans = new(Source);
    private static readonly Meter Counts = new(MeterName);
    private static readonly Counter<long> Started = Counts.CreateCounter<long>("azure.functions.started_invocations");
    private static readonly UpDownCounter<long> Active = Counts.CreateUpDownCounter<long>("azure.functions.active_invocations");

    /// <summary>Null when nobody listens. Its parent is the span under way: an HTTP request's, with the caller's trace.</summary>
    public static Activity? Begin(InvocationContext context)
    {
        Started.Add(1);
        Active.Add(1);
        Activity? span = Spans.StartActivity($"function {context.Function.Name}", ActivityKind.Internal);
        span?.SetTag("schema.url", "https://opentelemetry.io/schemas/1.37.0");
        span?.SetTag("faas.invocation_id", context.InvocationId);
        span?.SetTag("faas.name", context.Function.Name);
        return span;
    }

    public static void End(Activity? span, Exception? failure)
    {
        Active.Add(-1);
        if (failure is null || span is null)
            return;
        span.AddException(failure);
        span.SetStatus(ActivityStatusCode.Error, failure.GetType().FullName);
    }
}
