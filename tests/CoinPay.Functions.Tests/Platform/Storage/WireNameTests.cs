using System.Text.Json;
using System.Text.Json.Serialization;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Checkout;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using Xunit;

namespace CoinPay.Functions.Tests.Platform.Storage;

/// <summary>
/// The names that rows, answers and webhooks hold. They are written out here once more: who renames a type, a member or a
/// property of these sees that a format would change with it.
/// </summary>
public sealed class WireNameTests
{
    /// <summary>Sets that are never written, or that have a table of names of their own.</summary>
    private static readonly Type[] NeverWritten =
        [typeof(AmountRefusal), typeof(PrivateMaterialKind), typeof(RejectionReason), typeof(Scope)];

    [Theory]
    [InlineData(typeof(InvoiceStatus), "created detected confirming paid underpaid overpaid expired late_paid refunded cancelled")]
    [InlineData(typeof(TransferStatus), "seen confirming confirmed replaced reorged")]
    [InlineData(typeof(ExceptionType), "underpaid overpaid late wrong_network wrong_asset reorged replaced stalled ambiguous")]
    [InlineData(typeof(ExceptionAction), "accept_as_paid top_up_requested write_off ignore")]
    [InlineData(typeof(OfferStatus), "unverified offered refused")]
    [InlineData(typeof(LatePolicy), "hold accept accept_if_rate_within")]
    [InlineData(typeof(AmountPolicy), "accept hold")]
    [InlineData(typeof(FinalityTag), "safe finalized")]
    [InlineData(typeof(DeliveryStatus), "pending delivered dead cancelled")]
    [InlineData(typeof(ReplayStatus), "running finished cancelled")]
    [InlineData(typeof(CheckoutPhase),
        "waiting time_is_up partly_paid partly_paid_time_is_up received confirming complete overpaid overpaid_held underpaid"
        + " late refunded expired cancelled")]
    public void A_member_has_its_name_in_rows_and_in_answers(Type set, string names)
    {
        string[] members = [.. Enum.GetValues(set).Cast<object>().Select(member => JsonSerializer.Serialize(member, set, StoredJson.Options))];
        Assert.Equal(names.Split(' ').Select(name => $"\"{name}\""), members);
        Assert.Equal(members, Enum.GetValues(set).Cast<object>().Select(member => JsonSerializer.Serialize(member, set, Json.Options)));
    }

    [Fact]
    public void Every_set_that_is_written_is_listed_here()
    {
        IEnumerable<Type> listed = typeof(WireNameTests).GetMethod(nameof(A_member_has_its_name_in_rows_and_in_answers))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false)
            .Select(data => (Type)((InlineDataAttribute)data).Data[0]!);
        IEnumerable<Type> all = new[] { typeof(Invoice), typeof(Network), typeof(StoredJson) }
            .SelectMany(type => type.Assembly.GetTypes().Where(known => known.IsEnum));
        Assert.Equal(
            all.Select(type => type.Name).Order(StringComparer.Ordinal),
            listed.Concat(NeverWritten).Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_event_has_its_name_and_its_properties()
    {
        string[] written =
        [
            .. NamesOf<InvoiceEvent>().OrderBy(known => known.Name, StringComparer.Ordinal)
                .Select(known => $"{known.Name}: {Properties(known.Type)}"),
        ];
        Assert.Equal(
            [
                "acceptance_split: assetId at by type",
                "acceptances_lapsed: at",
                "confirmation_started: at",
                "exception_opened: amount assetId at type",
                "exception_reopened: amount at by note number",
                "exception_resolved: action amount at by note number",
                "invoice_cancelled: at by",
                "invoice_created: at terms",
                "invoice_expired: at",
                "invoice_fulfilled: at by",
                "invoice_overpaid: at",
                "invoice_paid: at",
                "invoice_paid_late: at",
                "invoice_underpaid: at",
                "late_rate_judged: at isAccepted now",
                "money_kept: amount assetId at by",
                "money_recovered: amount assetId at network number transactionHash",
                "payment_accepted: amount at by otherAmount otherAssetId",
                "payment_detected: at",
                "payment_reverted: at to",
                "payment_window_closed: at completePollBeganAt",
                "recovery_failed: at number reason",
                "recovery_requested: at by network number settlementAddress",
                "top_up_requested: at by until",
                "transfer_accepted: at by key",
                "transfer_attributed: at by key",
                "transfer_confirmed: at headHeight key",
                "transfer_lost: at how key replacedBy",
                "transfer_moved: amount at block isAmbiguous key",
                "transfer_seen: at transfer",
                "view_applied: at",
                "view_partly_applied: at",
            ],
            written);
    }

    [Fact]
    public void An_address_is_derived_in_one_of_these_ways() => Assert.Equal(
        ["forwarder: factory initCodeHash salt settlementAddress", "xpub: fingerprint index path"],
        NamesOf<Derivation>().OrderBy(known => known.Name, StringComparer.Ordinal)
            .Select(known => $"{known.Name}: {Properties(known.Type)}"));

    [Fact]
    public void What_is_written_under_its_name_is_read_again_and_another_name_is_refused()
    {
        DateTimeOffset at = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
        InvoiceEvent happened = new PaymentReverted(InvoiceStatus.LatePaid, at);
        string text = StoredJson.Write(happened);
        Assert.Equal("""{"event":"payment_reverted","to":"late_paid","at":"2026-01-05T12:00:00+00:00"}""", text);
        Assert.Equal(happened, StoredJson.Read<InvoiceEvent>(text));
        Assert.Throws<JsonException>(() => StoredJson.Read<InvoiceEvent>(text.Replace("payment_reverted", "payment_returned", StringComparison.Ordinal)));
        Assert.Throws<JsonException>(() => StoredJson.Read<InvoiceEvent>(text.Replace("\"late_paid\"", "\"LatePaid\"", StringComparison.Ordinal)));
        Assert.Throws<JsonException>(() => StoredJson.Read<InvoiceEvent>(text.Replace("\"late_paid\"", "7", StringComparison.Ordinal)));
        Assert.Throws<BugException>(() => WireName.Read<InvoiceStatus>("LatePaid"));
        Assert.Null(WireName.Find<InvoiceStatus>("Paid"));
    }

    private static IEnumerable<(Type Type, string Name)> NamesOf<TSet>()
    {
        foreach (JsonDerivedTypeAttribute known in typeof(TSet).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false).Cast<JsonDerivedTypeAttribute>())
            yield return (known.DerivedType, (string)known.TypeDiscriminator!);
    }

    private static string Properties(Type type) => string.Join(
        ' ', StoredJson.Options.GetTypeInfo(type).Properties.Select(property => property.Name).Order(StringComparer.Ordinal));
}
