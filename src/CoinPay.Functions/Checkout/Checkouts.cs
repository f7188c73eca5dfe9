using CoinPay.Chains;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// Reads what a payer may see. It needs four rows, however many payments there are: the link, the invoice's snapshot, the
/// network's cursor, and the merchant (from memory).
/// </summary>
internal sealed class Checkouts(
    CheckoutLinks links, InvoiceStore invoices, MerchantStore merchants, CursorStore cursors, Networks networks, TimeProvider clock)
{
    /// <summary>Returns the invoice as its payer may see it now, or null if it does not exist.</summary>
    public async Task<CheckoutDocument?> FindAsync(string invoiceId, CancellationToken cancellation)
    {
        if (!Id.IsWellFormed("inv", invoiceId)
            || await links.FindMerchantAsync(invoiceId, cancellation) is not { } merchantId
            || await invoices.FindSummaryAsync(merchantId, invoiceId, cancellation) is not { } invoice)
            return null;
        string network = invoice.State.Terms.Network;
        Cursor? cursor = await cursors.FindAsync(network, cancellation);
        Merchant? merchant = await merchants.FindAsync(merchantId, cancellation);
        return CheckoutDocument.Of(invoice, merchant?.Name, networks.Find(network), cursor, clock.GetUtcNow());
    }
}
