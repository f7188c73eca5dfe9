using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Maps a public link, which holds only an invoice's id, to the merchant whose partition the invoice is in: one row per
/// invoice in <c>Index</c>, each in its own partition. Links cannot be guessed: an id has 80 random bits.
/// </summary>
internal sealed class CheckoutLinks(Tables tables, GatewaySettings settings)
{

    /// <summary>Returns the page's URL, or null if the gateway's own (<c>CoinPay__PublicUrl</c>) is not set.</summary>
    public string? UrlOf(string invoiceId) =>
        settings.PublicUrl is { } own ? $"{own.AbsoluteUri.TrimEnd('/')}/pay/{invoiceId}" : null;

    /// <summary>
    /// Written before the invoice, so every id that is returned has a page. A row whose invoice was never stored leads nowhere.
    /// </summary>
    public Task AddAsync(string invoiceId, string merchantId, CancellationToken cancellation) =>
        tables.Index.UpsertEntityAsync(
            new TableEntity(Partition(invoiceId), Key.Lookup) { ["MerchantId"] = merchantId }, TableUpdateMode.Replace, cancellation);

    /// <summary>Returns the id of the invoice's merchant, or null.</summary>
    public async Task<string?> FindMerchantAsync(string invoiceId, CancellationToken cancellation) =>
        (await tables.Index.FindAsync(Partition(invoiceId), Key.Lookup, cancellation))?.GetString("MerchantId");

    private static string Partition(string invoiceId) => Key.Of("pay", invoiceId);
}
