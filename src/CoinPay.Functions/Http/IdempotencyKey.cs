using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>An <c>Idempotency-Key</c> of a caller for one call.</summary>
/// <param name="Owner">The key's owner: a merchant with its mode, or <c>operator</c>.</param>
/// <param name="Call">The call and the object that it concerns.</param>
/// <param name="Text">1 to 255 visible ASCII characters.</param>
internal sealed record IdempotencyKey(string Owner, string Call, string Text)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotent-Replayed";

    private const int MaxLength = 255;

    /// <summary>Returns the header's key, or null without one. Throws a 400 problem if it is malformed.</summary>
    public static IdempotencyKey? Of(HttpRequest request, string owner, string call)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;
        string text = values.ToString();
        return text.Length is >= 1 and <= MaxLength && text.All(c => c is > ' ' and <= '~')
            ? new(owner, call, text)
            : throw new ProblemException(Problems.InvalidIdempotencyKey);
    }

    /// <summary>Creates an empty row of <c>Idempotency</c> for the key.</summary>
    public TableEntity Row()
    {
        string hash = Key.Hash(Call + "\n" + Text);
        return new(Key.Of(Owner, hash[..2]), hash);
    }
}
