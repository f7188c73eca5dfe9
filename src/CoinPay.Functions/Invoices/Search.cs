using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// <c>GET /v1/search?q=</c>: finds invoices by whatever <see cref="SearchQuery"/> understands, newest first. The answer says what
/// each invoice matched by and explains its state in words, or says what it means that nothing was found.
/// </summary>
internal sealed class Search(
    Callers callers, InvoiceIndex index, InvoiceStore invoices, ExceptionStore exceptions, CursorStore cursors, Networks networks)
{
    /// <summary>As long as a link can be.</summary>
    private const int MaxLength = 2_048;

    [QueryParameters("q", "limit", "cursor")]
    [Function(nameof(Search))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/search")] HttpRequest request,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        string text = request.Query["q"].ToString().Trim();
        if (text.Length == 0 || TextLength.Of(text) > MaxLength)
            throw new ProblemException(Problems.InvalidRequest($"q must be 1 to {MaxLength} characters to search for."));
        SearchQuery query = SearchQuery.Read(text, networks);
        Paging paging = Pages.Of(request);
        (IReadOnlyList<SearchMatch> matches, string? last) = await FindAsync(caller, query, paging, cancellation);
        List<object> results = [];
        foreach (SearchMatch match in matches)
            if (await invoices.FindAsync(caller.MerchantId, match.InvoiceId, cancellation) is { } stored
                && stored.State.Terms.Livemode == caller.Livemode)
                results.Add(await ResultAsync(stored, match.MatchedBy, cancellation));
        return JsonAnswer.Ok(new
        {
            data = results,
            next_cursor = Pages.CursorOf(last),
            read_as = query.ReadAs,
            note = results.Count == 0 && paging.After is null ? query.Nothing : null,
        });
    }

    /// <summary>Returns one page of matches, newest first, and the sort key to continue after, or null at the end.</summary>
    private async Task<(IReadOnlyList<SearchMatch> Page, string? Last)> FindAsync(
        Caller caller, SearchQuery query, Paging paging, CancellationToken cancellation)
    {
        List<SearchMatch> found = [.. query.InvoiceIds.Select(id => new SearchMatch(id, "invoice_id"))];
        foreach (string id in query.ExceptionIds)
            if (await exceptions.FindAsync(caller, id, cancellation) is { } exception)
                found.Add(new(exception.InvoiceId, "exception_id"));
        // One more than the page shows whether there is another page.
        foreach (string term in query.Terms)
            found.AddRange(await index.FindAsync(
                caller.MerchantId, caller.Livemode, term, paging with { Limit = paging.Limit + 1 }, cancellation));
        SearchMatch[] newest =
        [
            .. found.DistinctBy(match => match.InvoiceId)
                .Where(match => paging.After is null || string.CompareOrdinal(match.SortKey, paging.After) > 0)
                .OrderBy(match => match.SortKey, StringComparer.Ordinal),
        ];
        return newest.Length <= paging.Limit ? (newest, null) : (newest[..paging.Limit], newest[paging.Limit - 1].SortKey);
    }

    private async Task<object> ResultAsync(Stored<Invoice> stored, string matchedBy, CancellationToken cancellation)
    {
        Cursor? cursor = await cursors.FindAsync(stored.State.Terms.Network, cancellation);
        return new
        {
            @object = "search_result",
            matched_by = matchedBy,
            explanation = stored.State.Explanation(networks.FindAsset),
            invoice = InvoiceDocument.Of(stored, cursor?.Head.Height, networks),
        };
    }
}
