using System.Globalization;
using CoinPay.Core;
using CoinPay.Functions.Chains;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Chains;

/// <summary>What is remembered of a mempool, and for how long.</summary>
public sealed class MempoolTests
{
    private static readonly Asset Bitcoin = new("bip122:0/slip44:0", "BTC", 8);
    private readonly FakeTimeProvider _time = new();
    private readonly Mempool _mempool;

    public MempoolTests() => _mempool = new Mempool(_time);

    [Fact]
    public void A_young_transaction_is_matched_again_by_what_is_watched_now()
    {
        See("a");
        Assert.Empty(_mempool.Matching(static _ => false));
        _time.Advance(TimeSpan.FromMinutes(9));
        See("b");
        Assert.Equal(2, _mempool.Matching(static _ => true).Count);
    }

    [Fact]
    public void An_old_transaction_keeps_what_was_ours_and_forgets_the_rest()
    {
        See("a", "ours", "theirs");
        _time.Advance(TimeSpan.FromMinutes(11));
        See("b");
        Assert.Equal(["ours"], Recipients());
    }

    [Fact]
    public void A_full_mempool_keeps_the_outputs_of_the_latest_alone()
    {
        for (int i = 0; i < 20_001; i++)
            See(i.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(20_000, _mempool.Matching(static _ => true).Count);
    }

    [Fact]
    public void What_the_node_no_longer_lists_is_forgotten_and_fetched_again_when_it_comes_back()
    {
        See("a", "ours");
        Assert.Empty(_mempool.Unread(["a"]));
        _mempool.Keep([]);
        Assert.Empty(Recipients());
        Assert.Equal(["a"], _mempool.Unread(["a"]));
        See("a", "ours");
        _time.Advance(TimeSpan.FromHours(1));
        See("b");
        Assert.Equal(["ours"], Recipients());
    }

    private IEnumerable<string> Recipients() =>
        _mempool.Matching(static recipient => recipient is "ours" or "theirs").Select(transfer => transfer.Recipient);

    private void See(string id, params string[] recipients) => _mempool.Add(
        id,
        (recipients.Length == 0 ? ["nobody"] : recipients).Select((recipient, i) => new ChainTransfer(
            Bitcoin, recipient, null, id, i.ToString(CultureInfo.InvariantCulture), 1)),
        static recipient => recipient == "ours");
}
