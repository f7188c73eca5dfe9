using System.Numerics;
using CoinPay.Core;
using CsCheck;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>The lines of one event; that they add up over whole lives is checked in every test of a life.</summary>
public sealed class LedgerTests
{
    private const string World = "world:anvil";
    private const string Invoice = "invoice:inv_1";
    private const string Available = "merchant:mer_1:available";
    private const string Overpaid = "merchant:mer_1:overpaid";

    [Fact]
    public void Opening_an_invoice_moves_nothing() => Assert.Empty(Lines(null, State(InvoiceStatus.Created, 0)));

    [Fact]
    public void An_unconfirmed_transfer_moves_nothing() =>
        Assert.Empty(Lines(State(InvoiceStatus.Created, 0), State(InvoiceStatus.Detected, 0)));

    [Fact]
    public void A_confirmed_transfer_comes_from_the_world_into_the_invoice() =>
        Assert.Equal(
            [(World, Invoice, 1_000)], Lines(State(InvoiceStatus.Confirming, 0), State(InvoiceStatus.Confirming, 1_000)));

    [Fact]
    public void Payment_moves_it_on_to_the_merchant() =>
        Assert.Equal(
            [(Invoice, Available, 1_000)], Lines(State(InvoiceStatus.Confirming, 1_000), State(InvoiceStatus.Paid, 1_000)));

    [Fact]
    public void Overpayment_parts_the_excess_from_the_price() =>
        Assert.Equal(
            [(Invoice, Available, 1_000), (Invoice, Overpaid, 5)],
            Lines(State(InvoiceStatus.Confirming, 1_005), State(InvoiceStatus.Overpaid, 1_005)));

    [Fact]
    public void What_one_account_cannot_fill_the_next_one_fills_first() =>
        Assert.Equal(
            [(Invoice, Available, 400), (World, Available, 600), (World, Overpaid, 5)],
            Lines(State(InvoiceStatus.Confirming, 400), State(InvoiceStatus.Overpaid, 1_005)));

    [Fact]
    public void Accounts_are_named_by_whose_they_are() =>
        Assert.Equal(
            [World, Invoice, Available, Overpaid, "merchant:mer_1:refundable"],
            new[]
            {
                Account.World("anvil"),
                Account.Invoice("inv_1"),
                Account.Available("mer_1"),
                Account.Overpaid("mer_1"),
                Account.Refundable("mer_1"),
            });

    [Fact]
    public void What_a_reorg_takes_after_payment_goes_back_to_the_world_from_the_merchant() =>
        Assert.Equal(
            [(Available, World, 400)], Lines(State(InvoiceStatus.Paid, 1_000), State(InvoiceStatus.Paid, 600)));

    [Fact]
    public void A_step_back_returns_the_rest_to_the_invoice() =>
        Assert.Equal(
            [(Available, Invoice, 600)], Lines(State(InvoiceStatus.Paid, 600), State(InvoiceStatus.Detected, 600)));

    [Theory]
    [InlineData(InvoiceStatus.Underpaid)]
    [InlineData(InvoiceStatus.LatePaid)]
    [InlineData(InvoiceStatus.Expired)]
    public void Money_that_awaits_a_person_stays_in_the_invoices_account(InvoiceStatus status) =>
        Assert.Empty(Lines(State(InvoiceStatus.Detected, 600), State(status, 600)));

    [Fact]
    public void The_lines_between_any_two_states_lead_from_the_one_allocation_to_the_other() =>
        Gen.Select(AnyState, AnyState).Sample(
            (before, after) =>
            {
                Dictionary<string, BigInteger> books = InvoiceLedger.Allocation(before).ToDictionary(held => held.Key.Account, held => held.Value);
                books[World] = -before.Confirmed;
                foreach (Posting line in InvoiceLedger.Post(before, after))
                {
                    Assert.True(line.Amount > 0);
                    books[line.Source] = books.GetValueOrDefault(line.Source) - line.Amount;
                    books[line.Destination] = books.GetValueOrDefault(line.Destination) + line.Amount;
                }
                Dictionary<string, BigInteger> wanted = InvoiceLedger.Allocation(after).ToDictionary(held => held.Key.Account, held => held.Value);
                wanted[World] = -after.Confirmed;
                Assert.All(books.Keys.Union(wanted.Keys), account =>
                    Assert.Equal(wanted.GetValueOrDefault(account), books.GetValueOrDefault(account)));
            },
            iter: Cases.Count);

    private static Gen<Invoice> AnyState { get; } = Gen.Select(
        Gen.OneOf(Enum.GetValues<InvoiceStatus>()), Gen.Long[0, 3_000], (status, confirmed) => State(status, confirmed));

    private static List<(string Source, string Destination, long Amount)> Lines(Invoice? before, Invoice after) =>
        InvoiceLedger.Post(before, after).Select(line => (line.Source, line.Destination, (long)line.Amount)).ToList();

    private static Invoice State(InvoiceStatus status, long confirmed)
    {
        Invoice opened = CoinPay.Core.Invoice.Evolve(null, new InvoiceCreated(InvoiceSteps.Terms(1_000), InvoiceWorld.Opened));
        Transfer transfer = new()
        {
            Key = "a.0",
            TransactionHash = "a",
            Ordinal = "0",
            AssetId = InvoiceSteps.Usdt.Id,
            Amount = confirmed,
            FirstSeenAt = InvoiceWorld.Opened,
            Status = TransferStatus.Confirmed,
        };
        return opened with { Status = status, Transfers = opened.Transfers.SetItem(transfer.Key, transfer) };
    }
}
