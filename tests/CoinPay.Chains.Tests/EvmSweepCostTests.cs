using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>What a sweep costs where nothing came, which is nearly everywhere.</summary>
public sealed class EvmSweepCostTests
{
    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 6)]
    public async Task Empty_addresses_cost_a_batch_for_five_hundred_of_them_and_two_when_first_looked_at(
        bool isFirst, int batches)
    {
        FakeNode node = new((method, _) => method == "eth_getBalance" ? "0x0" : "0x");
        SweptAddress[] addresses = [.. Enumerable.Range(0, 1_200).Select(i => new SweptAddress(
            $"0x{i:x40}", DateTimeOffset.UnixEpoch, isFirst, () => throw new InvalidOperationException("nothing came")))];
        Assert.Empty(await node.Evm().SweepAsync(
            addresses, new(9, "0x9", DateTimeOffset.UnixEpoch, null, null), CancellationToken.None));
        Assert.Equal(batches, node.Batches.Count);
        Assert.All(node.Batches, batch => Assert.InRange(batch.Length, 1, 500));
    }

    [Fact]
    public async Task A_node_that_does_not_tell_a_balance_leaves_it_unknown()
    {
        FakeNode node = new((_, _) => new FakeNode.Refused(-32000, "header not found"));
        SweptAddress address = new("0xaa", DateTimeOffset.UnixEpoch, IsFirst: true, () => throw new InvalidOperationException());
        await Assert.ThrowsAsync<ChainUnknownException>(() => node.Evm().SweepAsync(
            [address], new(9, "0x9", DateTimeOffset.UnixEpoch, null, null), CancellationToken.None));
    }
}
