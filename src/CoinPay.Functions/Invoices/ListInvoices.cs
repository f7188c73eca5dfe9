using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Watching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices;

/// <summary><c>GET /v1/invoices?status=&amp;order_id=&amp;network=&amp;created_after=&amp;created_before=</c>, newest first.</summary>
internal sealed class ListInvoices(Callers callers, InvoiceStore invoices, InvoiceIndex index, CursorStore cursors, Networks networks)
{
    private const int MaxLength = 255;

    [QueryParameters("status", "order_id", "network", "created_after", "created_before", "limit", "cursor")]
    [Function(nameof(ListInvoices))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices")] HttpRequest request,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        (List<string> ids, string? last) = await index.ReadAsync(
            caller.MerchantId, caller.Livemode, FilterOf(request, caller.Livemode), Pages.Of(request), cancellation);
        Stored<Invoice>?[] found = await Task.WhenAll(ids.Select(id => invoices.FindAsync(caller.MerchantId, id, cancellation)));
        Dictionary<string, long?> heads = [];
        List<InvoiceDocument> page = [];
        foreach (Stored<Invoice> stored in found.OfType<Stored<Invoice>>())
        {
            string network = stored.State.Terms.Network;
            if (!heads.TryGetValue(network, out long? head))
                heads[network] = head = (await cursors.FindAsync(network, cancellation))?.Head.Height;
            page.Add(InvoiceDocument.Of(stored, head, networks));
        }
        return Pages.Answer(page, last);
    }

    private InvoiceFilter FilterOf(HttpRequest request, bool livemode)
    {
        string? status = request.Query["status"];
        if (status is not null && InvoiceStatuses.Parse(status) is null)
            throw new ProblemException(Problems.InvalidRequest(
                $"status must be one of {string.Join(", ", Enum.GetValues<InvoiceStatus>().Select(known => known.Text()))}."));
        string? network = QueryText.Of(request, "network", MaxLength);
        return new(
            status,
            QueryText.Of(request, "order_id", MaxLength),
            network is null ? null : NameOf(network, livemode),
            TimeOf(request, "created_after"),
            TimeOf(request, "created_before"));
    }

    /// <summary>An unknown network is refused: an empty list would look as if nothing had been paid on it.</summary>
    private string NameOf(string network, bool livemode) =>
        networks.Find(network) is { } known && known.Livemode == livemode
            ? known.Name
            : throw new ProblemException(Problems.UnsupportedNetwork(
                string.Join(", ", networks.All.Where(offered => offered.Livemode == livemode).Select(offered => offered.Name))));

    private static DateTimeOffset? TimeOf(HttpRequest request, string name)
    {
        string? text = request.Query[name];
        if (text is null)
            return null;
        return Rfc3339.Parse(text) is { Year: > 2000 and < 3000 } at
            ? at
            : throw new ProblemException(Problems.InvalidRequest($"{name} must be a time, such as {Rfc3339.Example}."));
    }
}
