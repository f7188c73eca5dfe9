using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// What a payer may see of an invoice: the body of <c>GET /pay/{invoice_id}/status</c>, from which the page is also rendered.
/// It contains no metadata, order or customer reference, fee, destination or merchant id, and of an exception only what to do.
/// </summary>
/// <param name="Revision">Changes whenever anything on the page except the time left changes.</param>
/// <param name="SecondsLeft">By the server's clock, so a wrong clock on the payer's side does not matter; 0 when time is up.</param>
/// <param name="Now">The server's clock.</param>
internal sealed record CheckoutDocument(
    string Id, string Object, bool Livemode, string? Shop, string CustomerStatus, CheckoutPhase Phase, string Title,
    string Message, string? Notice, CheckoutDocument.PricePart Price, CheckoutDocument.PaymentPart Payment,
    CheckoutDocument.ReceivedPart Received, CheckoutDocument.ConfirmationPart Confirmations, DateTimeOffset ExpiresAt,
    long SecondsLeft, string? ReturnUrl, string Revision, DateTimeOffset Now)
{
    internal sealed record PricePart(string Amount, string Currency);

    /// <param name="NetworkName">In plain words: <c>Bitcoin regtest</c>.</param>
    /// <param name="NetworkStatus"><c>available</c>, or <c>unknown</c>: payments are seen later than usual.</param>
    /// <param name="Contract">The token's contract; null for a network's native coin.</param>
    /// <param name="Amount">The price in the asset.</param>
    /// <param name="ToPay">The amount still to send; null if the payer must not send anything any more.</param>
    /// <param name="Uri">Opens a wallet with everything filled in; null if <paramref name="ToPay"/> is null.</param>
    internal sealed record PaymentPart(
        string Network, string NetworkName, string NetworkStatus, string Asset, string Symbol, string? Contract, string Address, string Amount,
        string? ToPay, string? Uri);

    internal sealed record ReceivedPart(string Seen, string Confirmed);

    /// <param name="Seen">The payment's block and those on top of it; null until all of the payment is in blocks.</param>
    /// <param name="Required">A number of blocks, or <c>safe</c>, or <c>finalized</c>.</param>
    internal sealed record ConfirmationPart(long? Seen, object Required);

    /// <summary>Renders an invoice at an instant.</summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="shop">The merchant's name.</param>
    /// <param name="network">Its network; null if it is no longer offered, and then the payer must not send anything.</param>
    /// <param name="cursor">How far the network was read; null before the first poll.</param>
    /// <param name="now">The server's clock.</param>
    public static CheckoutDocument Of(
        InvoiceSummary invoice, string? shop, Network? network, Cursor? cursor, DateTimeOffset now)
    {
        InvoiceTerms terms = invoice.State.Terms;
        CheckoutPhase phase = CheckoutPhases.Of(invoice, now);
        Amount seen = terms.Due with { Base = invoice.Seen };
        CheckoutWords words = CheckoutWords.Of(phase, terms.Due.Asset.Symbol, terms.Due, seen);
        ConfirmationPart confirmations = new(
            ConfirmationsOf(invoice, cursor?.Head.Height),
            terms.Confirmation.Required.Blocks is { } blocks ? blocks : terms.Confirmation.Required.ToString());
        DateTimeOffset until = invoice.State.WindowEndsAt;
        PaymentPart payment = PaymentOf(terms, phase, seen, network, StatusOf(network, cursor, now));
        return new(
            terms.Id, "checkout", terms.Livemode, shop, invoice.State.CustomerText(), phase, words.Title, words.Message,
            CheckoutWords.NoticeOf(invoice.State, phase, payment), new(terms.Quote.Price.Amount, terms.Quote.Price.Currency),
            payment, new(seen.ToString(), (terms.Due with { Base = invoice.Confirmed }).ToString()),
            confirmations, until, Math.Max(0, (long)Math.Ceiling((until - now).TotalSeconds)), terms.ReturnUrl,
            $"{invoice.State.Version}.{(int)phase}.{confirmations.Seen}.{payment.NetworkStatus}", now);
    }

    private static long? ConfirmationsOf(InvoiceSummary invoice, long? head) =>
        invoice.LastBlock is { } last ? Math.Max(1, (head ?? last) - last + 1) : null;

    /// <summary>A network that is no longer offered is not read.</summary>
    private static string StatusOf(Network? network, Cursor? cursor, DateTimeOffset now) =>
        network is null ? NetworkStatus.Unknown : NetworkStatus.Of(network, cursor, now);

    private static PaymentPart PaymentOf(InvoiceTerms terms, CheckoutPhase phase, Amount seen, Network? network, string networkStatus)
    {
        Asset asset = terms.Due.Asset;
        NetworkAsset? listed = network is null ? null : Networks.FindAsset(network, asset.Id);
        Amount? toPay = phase.MayPay() && listed is not null && seen < terms.Due ? terms.Due - seen : null;
        string? uri = toPay is null ? null : network!.Family.PaymentUri(network, listed!, terms.Address, toPay);
        return new(
            asset.Network, NameOf(terms.Network), networkStatus, asset.Id, asset.Symbol, listed?.Contract, terms.Address,
            terms.Due.ToString(), toPay?.ToString(), uri);
    }

    /// <summary>Returns a name such as <c>bitcoin-regtest</c> the way people write it.</summary>
    private static string NameOf(string network) =>
        char.ToUpperInvariant(network[0]) + network[1..].Replace('-', ' ');
}
