using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>Where money that nobody asked for stands in the books, and when it counts towards the price.</summary>
public sealed class OtherMoneyTests
{
    [Fact]
    public void Another_asset_beside_a_price_that_was_paid_is_refundable() =>
        Given(Due(1_000), Deep("a", 1_000)).When(Deep("b", 77, Ether)).Then(Books(available: 1_000), Refundable(77, Ether));

    [Fact]
    public void Another_asset_that_was_taken_as_the_price_is_the_merchants() =>
        Given(Due(1_000), Deep("a", 77, Ether)).When(Resolves(ExceptionType.WrongAsset, ExceptionAction.AcceptAsPaid))
            .Then(Available(77, Ether), Refundable(0, Ether));

    [Fact]
    public void More_of_that_asset_is_refundable_while_it_could_be_anybodys() =>
        Given(Due(1_000), Deep("a", 77, Ether), Resolves(ExceptionType.WrongAsset, ExceptionAction.AcceptAsPaid))
            .When(MinedAmbiguous("b", 5, Ether)).Then(Available(77, Ether), Refundable(5, Ether));

    [Fact]
    public void What_is_left_of_that_asset_after_a_reorg_is_refundable_again() =>
        Given(Due(1_000), AtOnce(Mined("a", 70, Ether), Deep("b", 7, Ether)),
                Resolves(ExceptionType.WrongAsset, ExceptionAction.AcceptAsPaid))
            .When(Dropped("b")).Then(StepsBackTo(InvoiceStatus.Created), Available(0, Ether), Refundable(70, Ether));

    [Fact]
    public void Money_on_another_network_comes_from_the_world_of_that_network() =>
        Given(Due(1_000)).When(MinedOn("anvil2", "a", 900, blocks: 3))
            .Then(world => Assert.Equal(-900, world.Balance(Account.World("anvil2"), OtherUsdt)));

    private static Expectation Available(long amount, Asset asset) =>
        world => Assert.Equal(amount, world.Balance(Account.Available(Merchant), asset));
}
