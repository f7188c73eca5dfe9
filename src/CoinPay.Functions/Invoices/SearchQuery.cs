using System.Text.RegularExpressions;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// What the text of a search can mean. Besides the text itself, which may be an order id or a customer reference, these are the
/// ids, transactions and addresses in it: it can be a payment URI, a link to a block explorer, or a link to this gateway. Which
/// site a link leads to does not matter, because a hash means the same on each.
/// </summary>
internal sealed partial record SearchQuery
{
    /// <summary>More than any link or URI has; each costs a look-up.</summary>
    private const int MaxTerms = 8;

    /// <summary>No id, hash or address is shorter.</summary>
    private const int MinWordLength = 26;

    /// <summary>Each is tried as an address of every network.</summary>
    private const int MaxWords = 16;

    /// <summary>What was found in the text: <c>invoice_id exception_id transaction address</c>, or <c>text</c> if nothing was.</summary>
    public required string ReadAs { get; init; }

    public required IReadOnlyList<string> InvoiceIds { get; init; }

    public required IReadOnlyList<string> ExceptionIds { get; init; }

    /// <summary>What to look up in the index: the text itself, then transactions and addresses.</summary>
    public required IReadOnlyList<string> Terms { get; init; }

    /// <summary>Says in plain words what an empty answer means.</summary>
    public string Nothing => ReadAs switch
    {
        "invoice_id" => "There is no invoice with this id that this key may see.",
        "exception_id" => "There is no exception with this id that this key may see.",
        "transaction" => "In the blocks read so far (head.scanned of GET /v1/networks), no such transaction paid one of your addresses or "
            + "replaced a payment to one.",
        "address" => "None of your invoices has this address.",
        "text" => "No invoice has exactly this order id or customer reference, and the text was not understood as anything else. You can "
            + "search for a transaction hash, an address, an order id, a customer reference, an invoice or exception id, a payment URI, or "
            + "a link to a block explorer or to this gateway.",
        _ => throw new BugException("read as " + ReadAs),
    };

    public static SearchQuery Read(string text, Networks networks)
    {
        string[] words =
        [
            .. Word().Matches(Uri.UnescapeDataString(text)).Select(match => match.Value)
                .Where(word => word.Length >= MinWordLength).Distinct(StringComparer.Ordinal).Take(MaxWords),
        ];
        string[] invoices = [.. words.Where(word => Id.IsWellFormed("inv", word)).Take(MaxTerms)];
        string[] exceptions = [.. words.Where(word => Id.IsWellFormed("exc", word)).Take(MaxTerms)];
        string[] transactions = [.. words.SelectMany(word => networks.All.Select(network => network.Family.ReadTransaction(word))).OfType<string>()];
        string[] addresses = [.. words.SelectMany(word => networks.All.Select(network => network.Family.ReadAddress(network, word))).OfType<string>()];
        return new()
        {
            ReadAs = invoices.Length > 0 ? "invoice_id"
                : exceptions.Length > 0 ? "exception_id"
                : transactions.Length > 0 ? "transaction"
                : addresses.Length > 0 ? "address"
                : "text",
            InvoiceIds = invoices,
            ExceptionIds = exceptions,
            Terms = [.. transactions.Concat(addresses).Prepend(text).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxTerms)],
        };
    }

    [GeneratedRegex("[A-Za-z0-9_]+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
