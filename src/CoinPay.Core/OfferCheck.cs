using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>Whether an asset can be offered.</summary>
public enum OfferStatus
{
    /// <summary>No node has ever confirmed these settings.</summary>
    [JsonStringEnumMemberName("unverified")]
    Unverified,

    /// <summary>A node confirmed them, and none has contradicted since.</summary>
    [JsonStringEnumMemberName("offered")]
    Offered,

    /// <summary>The last node that answered contradicted them.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,
}

/// <summary>
/// What is known about the settings of one asset on one network. An asset is offered only once the chain has confirmed
/// exactly these settings: a wrong number of decimals costs the merchant a million times the price, an unconfirmed one a
/// few minutes. A node that is silent changes nothing: settings confirmed before stay confirmed, because the chain's side
/// of them does not change, and a difference stays until it is refuted.
/// </summary>
/// <param name="Settings">Everything that was compared. Other settings are another check.</param>
/// <param name="Difference">Null unless refused.</param>
public sealed record OfferCheck(string Settings, OfferStatus Status, string? Difference)
{
    /// <summary>A difference is checked again soon, because somebody is correcting it; so is a node that was silent.</summary>
    public static readonly TimeSpan WhileNotOffered = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WhileOffered = TimeSpan.FromHours(1);

    /// <summary>The check of settings that no node has been asked about.</summary>
    public static OfferCheck Of(string settings) => new(settings, OfferStatus.Unverified, null);

    /// <summary>Returns what is known once a node has answered; a node that is silent changes nothing.</summary>
    /// <param name="difference">What is configured and what the chain shows; null if they agree.</param>
    public OfferCheck After(string? difference) =>
        this with
        {
            Status = difference is null ? OfferStatus.Offered : OfferStatus.Refused,
            Difference = difference is null ? null : ShortText.Of(difference),
        };

    /// <summary>How long after one question the node is asked again.</summary>
    public TimeSpan Interval => Status == OfferStatus.Offered ? WhileOffered : WhileNotOffered;
}
