using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>
/// One trace per invoice: everything that any function does for it later continues the trace of the request that created it, and
/// links to the function's own span. One trace id therefore finds an invoice's whole life, and sampling is decided once per invoice.
/// A trace can last as long as the invoice is monitored, but it stays small: one span per advance and per delivery. Its position
/// (W3C <c>traceparent</c>) is stored in rows that are written and read anyway. While nobody listens, there are no spans and nothing
/// is stored.
/// </summary>
internal static class InvoiceTrace
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "CoinPay";

    /// <summary>The attribute of every span and log line about an invoice.</summary>
    public const string InvoiceId = "coinpay.invoice_id";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The current span, to store with what is written now; null if there is none or nobody listens.</summary>
    public static string? Here => Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } span ? span.Id : null;

    /// <summary>Starts a span about an invoice within the current span.</summary>
    public static Activity? Begin(string name, string invoiceId) =>
        Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), Tags(invoiceId));

    /// <summary>Starts a span that continues an invoice's trace or, if it has none, the current span.</summary>
    /// <param name="traceParent">The value of <see cref="Here"/> when the invoice, or the subject of this span, was stored.</param>
    /// <param name="cause">The span that caused this one, such as a poll's, in the same format.</param>
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
    /// Tags the current work with an invoice: the function's span, the span of its HTTP request if it has one, and every line logged
    /// until the result is disposed.
    /// </summary>
    public static IDisposable? Mark(ILogger log, string invoiceId, HttpContext? http = null)
    {
        Activity.Current?.SetTag(InvoiceId, invoiceId);
        http?.Features.Get<IHttpActivityFeature>()?.Activity.SetTag(InvoiceId, invoiceId);
        return log.BeginScope(new InvoiceScope(invoiceId));
    }

    /// <summary>Returns the invoice for an id in a route or of an orchestration; null for any other id.</summary>
    public static string? InvoiceOf(string? id)
    {
        string? first = id?.Split('!')[0];
        return Id.IsWellFormed("inv", first) ? first : null;
    }

    private static bool TryRead(string? traceParent, out ActivityContext context) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out context);

    private static IEnumerable<KeyValuePair<string, object?>> Tags(string invoiceId) => [new(InvoiceId, invoiceId)];

    /// <summary>The tag in the form from which log exporters read properties.</summary>
    private sealed class InvoiceScope(string invoiceId) : List<KeyValuePair<string, object?>>([new(InvoiceId, invoiceId)])
    {
        public override string ToString() => invoiceId;
    }
}
