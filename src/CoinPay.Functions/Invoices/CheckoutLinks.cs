using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// The way from a public link, which holds an invoice's id and nothing else, to the merchant whose partition the invoice
/// is in: one row each in <c>Index</c>, in a partition of its own. Who has no link cannot find one: an id has 80 random bits.
/// </summary>
internal sealed class CheckoutLinks(Tables tables, GatewaySettings settings)
{

    /// <summary>The page's address; null while the gateway does not know its own (<c>CoinPay__PublicUrl</c>).</summary>
    public string? UrlOf(string invoiceId) =>
        settings.PublicUrl is { } own ? $"{own.AbsoluteUri.TrimEnd('/')}/pay/{invoiceId}" : null;

    /// <summary>
    /// Written before the invoice is: whoever learns an id finds its page. A row whose invoice was never stored leads nowhere.
    /// </summary>
    public Task AddAsync(string invoiceId, string merchantId, CancellationToken cancellation) =>
        tables.Index.UpsertEntityAsync(
            new TableEntity(Partition(invoiceId), Key.Lookup) { ["MerchantId"] = merchantId }, TableUpdateMode.Replace, cancellation);

    /// <summary>Whose invoice it is, or null.</summary>
    public async Task<string?> FindMerchantAsync(string invoiceId, CancellationToken cancellation) =>
        (await tables.Index.FindAsync(Partition(invoiceId), Key.Lookup, cancellation))?.GetString("MerchantId");

    private static string Partition(string invoiceId) => Key.Of("pay", invoiceId);
}
