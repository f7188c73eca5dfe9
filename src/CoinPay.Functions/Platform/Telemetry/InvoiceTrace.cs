using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>
/// One trace an invoice: whatever is done for it later, by whichever function, continues the trace of the request that made it,
/// and links to the function's own span. So one trace id finds a whole life, and whether a life is sampled is decided once.
/// Such a trace may last as long as the invoice is monitored, but it stays short: a span for each advance and each delivery.
/// Its place (W3C <c>traceparent</c>) is stored in rows that are written and read anyway. While nobody listens there are no spans,
/// and nothing is stored.
/// </summary>
internal static class InvoiceTrace
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "CoinPay";

    /// <summary>The attribute of every span and every line that is about an invoice.</summary>
    public const string InvoiceId = "coinpay.invoice_id";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The span under way, to be kept with what is stored now; null outside any, and while nobody listens.</summary>
    public static string? Here => Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } span ? span.Id : null;

    /// <summary>Begins a span about an invoice within the span under way.</summary>
    public static Activity? Begin(string name, string invoiceId) =>
        Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), Tags(invoiceId));

    /// <summary>Begins a span that continues an invoice's trace; where that has no trace, within the span under way.</summary>
    /// <param name="traceParent">As <see cref="Here"/> gave it when the invoice, or what this is about, was stored.</param>
    /// <param name="cause">The span that made this necessary, in the same form: a poll's.</param>
    public static Activity? Continue(
        string name, string invoiceId, string? traceParent, string? cause = null, ActivityKind kind = ActivityKind.Internal)
    {
        if (!Source.HasListeners())
            return null;
        List<ActivityLink> links = [];
        if (TryRead(cause, out ActivityContext caused))
            links.Add(new(caused));
        bool isContinued = TryRead(traceParent, out ActivityContext invoice);
        if (isContinued && Activity.Current is { } under && under.TraceId != invoice.TraceId)
            links.Add(new(under.Context));
        return Source.StartActivity(name, kind, isContinued ? invoice : default, Tags(invoiceId), links);
    }

    /// <summary>
    /// Marks what is under way as being about an invoice: the function's span, that of its HTTP request if it has one, and every
    /// line that is logged until the answer is disposed.
    /// </summary>
    public static IDisposable? Mark(ILogger log, string invoiceId, HttpContext? http = null)
    {
        Activity.Current?.SetTag(InvoiceId, invoiceId);
        http?.Features.Get<IHttpActivityFeature>()?.Activity.SetTag(InvoiceId, invoiceId);
        return log.BeginScope(new InvoiceScope(invoiceId));
    }

    /// <summary>The invoice that an id in a route, or an orchestration's, stands for; null for any other id.</summary>
    public static string? InvoiceOf(string? id)
    {
        string? first = id?.Split('!')[0];
        return Id.IsWellFormed("inv", first) ? first : null;
    }

    private static bool TryRead(string? traceParent, out ActivityContext context) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out context);

    private static IEnumerable<KeyValuePair<string, object?>> Tags(string invoiceId) => [new(InvoiceId, invoiceId)];

    /// <summary>In the form that log exporters read properties from.</summary>
    private sealed class InvoiceScope(string invoiceId) : List<KeyValuePair<string, object?>>([new(InvoiceId, invoiceId)])
    {
        public override string ToString() => invoiceId;
    }
}
