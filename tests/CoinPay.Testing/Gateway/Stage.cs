using CoinPay.Core;
using CoinPay.Functions.Invoices;

namespace CoinPay.Testing.Gateway;

/// <summary>The data from which events are created.</summary>
internal sealed record Stage(InvoiceTerms Terms, DateTimeOffset Now)
{
    /// <summary>The chain's current height.</summary>
    public const long Head = 100;

    public const int Required = 3;

    public static readonly Asset Usdt = new("eip155:31337/erc20:0x0000000000000000000000000000000000000001", "USDT", 6);

    /// <summary>A transfer of a part of what is due, in base units; in a block of this height, if any.</summary>
    public Transfer Transfer(long amount, long? height = null, bool onTime = true) => new()
    {
        Key = "0xaa.0",
        TransactionHash = "0xaa",
        Ordinal = "0",
        AssetId = Terms.Due.Asset.Id,
        From = "secret-payer",
        Amount = amount,
        FirstSeenAt = Now,
        Block = height is { } at ? new(at, "0xbb", Now) : null,
        Status = height is null ? TransferStatus.Seen : TransferStatus.Confirming,
        OnTime = onTime,
    };

    public long Due => (long)Terms.Due.Base;

    public InvoiceEvent Seen(long amount, long? height = null, bool onTime = true) => new TransferSeen(Transfer(amount, height, onTime), Now);

    public InvoiceEvent Confirmed => new TransferConfirmed("0xaa.0", Head, Now);

    public InvoiceEvent Closed => new PaymentWindowClosed(Now, Now);

    /// <summary>Terms of 0.001 USDT on an EVM chain, for an invoice of this name.</summary>
    public static InvoiceTerms TermsOf(InvoiceReference invoice) => new()
    {
        Id = invoice.InvoiceId,
        MerchantId = invoice.MerchantId,
        Quote = new(new("0.001", "USDT"), null, new Amount(Usdt, 1_000)),
        Network = invoice.Network,
        Address = "0xa",
        PaymentUri = "ethereum:0xa",
        Derivation = new ForwarderDerivation("0xf", "0x5", "0xi", "0xd"),
        Confirmation = new(RequiredDepth.OfBlocks(Required), "test", "test"),
        Tolerance = new(0, 0),
        SettlementDestination = "0xd",
        FulfilmentKey = "ful_test",
        CreatedAt = DateTimeOffset.UtcNow,
        ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(30),
        MonitorUntil = DateTimeOffset.UtcNow.AddDays(90),
    };
}
