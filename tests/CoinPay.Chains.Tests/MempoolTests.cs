using System.Globalization;
using CoinPay.Chains.Bitcoin;
using CoinPay.Core;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Chains.Tests;

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

    [Fact]
    public void A_transaction_whose_input_another_spent_before_has_a_conflict_wherever_the_other_paid()
    {
        Spend(First, "coin:0");
        _mempool.Keep([]);
        Spend(Second, "coin:0");
        Assert.True(Assert.Single(_mempool.Matching(static _ => true)).HasConflict);
    }

    [Fact]
    public void A_transaction_that_comes_back_is_no_conflict_with_itself_nor_one_with_another_input()
    {
        Spend(First, "coin:0");
        _mempool.Keep([]);
        Spend(First, "coin:0");
        Spend(Second, "coin:1");
        Assert.DoesNotContain(_mempool.Matching(static _ => true), transfer => transfer.HasConflict);
    }

    [Fact]
    public void Who_spent_what_is_remembered_for_as_long_as_a_transaction_is_young()
    {
        Spend(First, "coin:0");
        _mempool.Keep([]);
        _time.Advance(TimeSpan.FromMinutes(11));
        Spend(Second, "coin:1");
        Spend(Third, "coin:0");
        Assert.DoesNotContain(_mempool.Matching(static _ => true), transfer => transfer.HasConflict);
    }

    [Fact]
    public void A_transaction_that_waited_for_an_hour_and_is_then_replaced_is_a_conflict()
    {
        Spend(First, "coin:0");
        _time.Advance(TimeSpan.FromHours(1));
        Spend(Second, "coin:0");
        Assert.True(Assert.Single(_mempool.Matching(static _ => true), transfer => transfer.TransactionHash == Second).HasConflict);
    }

    [Fact]
    public void A_conflict_beyond_the_inputs_that_are_kept_is_one_too()
    {
        string[] many = [.. Enumerable.Range(0, Outpoints.MaxCount + 1).Select(number => $"coin:{number}")];
        Spend(First, many);
        Spend(Second, many[^1]);
        Assert.True(Assert.Single(_mempool.Matching(static _ => true), transfer => transfer.TransactionHash == Second).HasConflict);
    }

    [Fact]
    public void A_payment_without_conflict_whose_fee_suffices_is_trusted_once_it_is_judged()
    {
        _mempool.IsRead();
        Spend(First, "coin:0");
        Assert.True(Payment(First).IsDoubtful);
        Assert.Equal([First], _mempool.Unjudged(static _ => true));
        _mempool.Judge(First, [], isFeeSufficient: true);
        Assert.Equal((false, false), (Payment(First).HasConflict, Payment(First).IsDoubtful));
        Assert.Empty(_mempool.Unjudged(static _ => true));
    }

    [Fact]
    public void A_payment_whose_ancestor_replaced_another_transaction_has_a_conflict()
    {
        _mempool.IsRead();
        Spend(First, "coin:0");
        _mempool.Keep([]);
        Spend(Second, "coin:0");
        Spend(Third, Second + ":0");
        _mempool.Judge(Third, [Second], isFeeSufficient: true);
        Assert.True(Payment(Third).HasConflict);
    }

    [Fact]
    public void A_payment_whose_fee_is_low_or_whose_ancestors_are_unknown_is_doubtful()
    {
        _mempool.IsRead();
        Spend(First, "coin:0");
        Spend(Second, "coin:1");
        Spend(Third, "coin:2");
        _mempool.Judge(First, [], isFeeSufficient: false);
        _mempool.Judge(Second, null, isFeeSufficient: true);
        _mempool.Judge(Third, [new string('4', 64)], isFeeSufficient: true);
        Assert.All(_mempool.Matching(static _ => true), transfer => Assert.True(transfer.IsDoubtful));
    }

    [Fact]
    public void What_was_there_before_the_mempool_was_read_is_doubtful_and_so_is_what_descends_from_it()
    {
        Spend(First, "coin:0");
        _mempool.IsRead();
        Spend(Second, First + ":0");
        Spend(Third, "coin:2");
        _time.Advance(TimeSpan.FromMinutes(11));
        Spend(Fourth, "coin:3");
        _mempool.Judge(First, [], isFeeSufficient: true);
        _mempool.Judge(Second, [First], isFeeSufficient: true);
        _mempool.Judge(Third, [], isFeeSufficient: true);
        _mempool.Judge(Fourth, [], isFeeSufficient: true);
        Assert.Equal(
            [true, true, false, true],
            new[] { First, Second, Third, Fourth }.Select(id => Payment(id).IsDoubtful));
    }

    [Fact]
    public void Of_an_old_transaction_only_the_inputs_that_are_watched_are_kept()
    {
        Spend(First, "coin:0", "coin:1");
        Assert.Equal(2, _mempool.Spends(static _ => true).Count);
        _time.Advance(TimeSpan.FromMinutes(11));
        Spend(Second, isWatched: static watched => watched == Coin + ":1", "coin:2");
        Assert.Equal(
            [new Spend(Coin + ":1", First)],
            _mempool.Spends(static _ => true).Where(spend => spend.TransactionHash == First));
    }

    [Fact]
    public void A_mempool_of_large_transactions_keeps_the_inputs_of_the_latest_alone()
    {
        for (int i = 0; i < 2_000; i++)
            _mempool.Add(i.ToString("x64"), [], Enumerable.Range(0, 64).Select(n => Outpoints.Name(i.ToString("x64"), n)), static _ => false);
        Assert.InRange(_mempool.Spends(static _ => true).Count, 99_000, 100_000);
    }

    private static readonly string Coin = new('c', 64), First = new('1', 64), Second = new('2', 64), Third = new('3', 64), Fourth = new('4', 64);

    private ChainTransfer Payment(string id) =>
        Assert.Single(_mempool.Matching(static _ => true), transfer => transfer.TransactionHash == id);

    private void Spend(string id, params string[] coins) => Spend(id, static _ => true, coins);

    private void Spend(string id, Func<string, bool> isWatched, params string[] coins) => _mempool.Add(
        id,
        [new ChainTransfer(Bitcoin, "ours", null, id, "0", 1)],
        coins.Select(coin => coin.Replace("coin", Coin, StringComparison.Ordinal)),
        isWatched);

    private IEnumerable<string> Recipients() =>
        _mempool.Matching(static recipient => recipient is "ours" or "theirs").Select(transfer => transfer.Recipient);

    private void See(string id, params string[] recipients) => _mempool.Add(
        id,
        (recipients.Length == 0 ? ["nobody"] : recipients).Select((recipient, i) => new ChainTransfer(
            Bitcoin, recipient, null, id, i.ToString(CultureInfo.InvariantCulture), 1)),
        [],
        static recipient => recipient == "ours");
}
