using System.Numerics;
using System.Text.Json;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>What the gas wallet does while the market moves, transactions wait, and processes die.</summary>
public sealed class GasWalletSendTests : IAsyncDisposable
{
    private const string Someone = "0x00000000000000000000000000000000000000cc";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly FakePool _pool = new();
    private readonly FreeTurns _turns = new();

    [Fact]
    public async Task A_transaction_that_the_market_leaves_behind_is_replaced_at_its_nonce_for_a_tenth_more()
    {
        using GasWallet wallet = Open();
        Task<JsonElement?> sending = SendAsync(wallet, 1);
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        _pool.BaseFee *= 5;
        _pool.Mine();
        Assert.Empty(_pool.Mined);
        await PassAsync(sending, TimeSpan.FromSeconds(60));
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(5));

        Assert.NotNull(await sending);
        Assert.Equal(2, _pool.Taken.Count);
        Assert.All(_pool.Taken, transaction => Assert.Equal(0, transaction.Nonce));
        Assert.DoesNotContain(_pool.Refusals, refusal => refusal != "already known");
        Assert.Single(_pool.Mined);
    }

    [Fact]
    public async Task A_transaction_that_pays_enough_is_not_raised_but_offered_again()
    {
        using GasWallet wallet = Open();
        Task<JsonElement?> sending = SendAsync(wallet, 1);
        await PassAsync(sending, TimeSpan.FromSeconds(40));
        _pool.Waiting.Clear();
        await PassAsync(sending, TimeSpan.FromSeconds(40));
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.NotNull(await sending);
        Assert.Single(_pool.Taken.Select(transaction => transaction.MaxFeePerGas).Distinct());
    }

    [Fact]
    public async Task What_another_process_left_waiting_is_replaced_and_nothing_is_sent_beside_it()
    {
        using (GasWallet before = Open())
            await Assert.ThrowsAsync<TransactionPendingException>(() => PassedAsync(SendAsync(before, 1)));
        using GasWallet after = Open();
        Task<JsonElement?> sending = SendAsync(after, 2);
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.Equal(2, Assert.Single(_pool.Waiting).Value.Amount);
        Assert.DoesNotContain(_pool.Refusals, refusal => refusal != "already known");
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.NotNull(await sending);
        Assert.Equal(2, Assert.Single(_pool.Mined).Amount);
    }

    [Fact]
    public async Task A_waiting_transaction_of_which_nothing_is_noted_is_outbid()
    {
        using (GasWallet unknown = Open())
            await Assert.ThrowsAsync<TransactionPendingException>(() => PassedAsync(SendAsync(unknown, 1)));
        _turns.Note = null;
        using GasWallet wallet = Open();
        Task<JsonElement?> sending = SendAsync(wallet, 2);
        await PassAsync(sending, TimeSpan.FromSeconds(10));
        Assert.Equal(2, Assert.Single(_pool.Waiting).Value.Amount);
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.NotNull(await sending);
    }

    [Fact]
    public async Task What_waits_at_the_highest_price_is_waited_for()
    {
        using GasWallet wallet = Open(gwei: 12);
        await Assert.ThrowsAsync<TransactionPendingException>(() => PassedAsync(SendAsync(wallet, 1)));
        Task<JsonElement?> sending = SendAsync(wallet, 2);
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.Equal(1, Assert.Single(_pool.Waiting).Value.Amount);
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(40));
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(40));
        Assert.NotNull(await sending);
        Assert.Equal([1, 2], _pool.Mined.Select(transaction => (int)transaction.Amount!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_mined_after_its_caller_had_given_up_is_answered_and_not_sent_again(bool isDead)
    {
        GasWallet wallet = Open();
        if (isDead)
        {
            _pool.Loses = (true, true);
            await Assert.ThrowsAsync<ChainUnknownException>(() => PassedAsync(SendAsync(wallet, 1, "flu_1")));
            _pool.Loses = default;
            wallet.Dispose();
            wallet = Open();
        }
        else
        {
            await Assert.ThrowsAsync<TransactionPendingException>(() => PassedAsync(SendAsync(wallet, 1, "flu_1")));
        }
        _pool.Mine();
        int sent = _pool.Taken.Count;
        JsonElement? receipt = await PassedAsync(wallet.SendAsync("flu_1", _ => throw new InvalidOperationException("planned again"), default));
        Assert.NotNull(receipt);
        Assert.Equal((sent, 1), (_pool.Taken.Count, _pool.Mined.Count));
        wallet.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_dies_while_sending_leaves_one_transaction_at_most(bool nodeHasIt)
    {
        using (GasWallet dying = Open())
        {
            _pool.Loses = (nodeHasIt, true);
            await Assert.ThrowsAsync<ChainUnknownException>(() => PassedAsync(SendAsync(dying, 1)));
            _pool.Loses = default;
        }
        using GasWallet wallet = Open();
        Task<JsonElement?> sending = SendAsync(wallet, 1);
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.Single(_pool.Waiting);
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        _pool.Mine();
        Assert.NotNull(await sending);
        Assert.Single(_pool.Mined);
    }

    [Fact]
    public async Task The_plan_is_made_again_once_an_earlier_transaction_is_mined_first()
    {
        using (GasWallet before = Open(gwei: 12))
            await Assert.ThrowsAsync<TransactionPendingException>(() => PassedAsync(SendAsync(before, 1)));
        using GasWallet wallet = Open(gwei: 12);
        Task<JsonElement?> sending = wallet.SendAsync(
            null, _ => Task.FromResult(_pool.Mined.Count > 0 ? null : new GasCall(Someone, 1, "0x")), default);
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        _pool.Mine();
        await PassAsync(sending, TimeSpan.FromSeconds(60));
        Assert.Null(await sending);
        Assert.Single(_pool.Mined);
        Assert.Empty(_pool.Waiting);
    }

    [Fact]
    public async Task Gas_above_the_limit_is_refused_before_anything_is_sent()
    {
        using GasWallet wallet = Open(gwei: 10.5m);
        GasTooExpensiveException refused =
            await Assert.ThrowsAsync<GasTooExpensiveException>(() => PassedAsync(SendAsync(wallet, 1)));
        Assert.Equal("anvil: gas costs 11 gwei, and the limit (MaxGasGwei) is 10.5", refused.Message);
        Assert.Empty(_pool.Taken);

        _pool.BaseFee = 9_000_000_000;
        Task<JsonElement?> sending = SendAsync(wallet, 1);
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.Equal(10_500_000_000, Assert.Single(_pool.Taken).MaxFeePerGas);
        _pool.Mine();
        Assert.NotNull(await PassedAsync(sending));
    }

    [Fact]
    public async Task What_the_node_refuses_does_not_raise_the_next_offer()
    {
        using GasWallet wallet = Open();
        _pool.Refuses = "insufficient funds for gas * price + value";
        for (int i = 0; i < 5; i++)
            await Assert.ThrowsAsync<TransactionFailedException>(() => PassedAsync(SendAsync(wallet, 1)));
        _pool.Refuses = null;
        Task<JsonElement?> sending = SendAsync(wallet, 1);
        await PassAsync(sending, TimeSpan.FromSeconds(5));
        Assert.Equal(21_000_000_000, Assert.Single(_pool.Taken).MaxFeePerGas);
        _pool.Mine();
        Assert.NotNull(await PassedAsync(sending));
    }

    [Fact]
    public async Task Who_has_lost_its_turn_sends_nothing()
    {
        using GasWallet wallet = new(Network(500), Http(), Anvil.PublishedKeys[2], new LostTurns(), _clock);
        await Assert.ThrowsAsync<ChainUnknownException>(() => PassedAsync(SendAsync(wallet, 1)));
        Assert.Empty(_pool.Taken);
    }

    public ValueTask DisposeAsync() => _turns.DisposeAsync();

    private GasWallet Open(decimal gwei = 500) => new(Network(gwei), Http(), Anvil.PublishedKeys[2], _turns, _clock);

    private static Network Network(decimal gwei) =>
        TestNetworks.Evm(new("http://127.0.0.1:1")) with { MaxGasPrice = new BigInteger(gwei * 1_000_000_000) };

    private HttpClient Http() => new(new FakeNode(_pool.Answer));

    private static Task<JsonElement?> SendAsync(GasWallet wallet, int value, string? onceId = null) =>
        wallet.SendAsync(onceId, _ => Task.FromResult<GasCall?>(new(Someone, value, "0x")), default);

    /// <summary>Lets time go on until the task has ended, at most for so long.</summary>
    private async Task PassAsync(Task awaited, TimeSpan longest)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed <= longest && !awaited.IsCompleted; passed += Step)
        {
            await Task.Delay(5);
            _clock.Advance(Step);
        }
    }

    private async Task<JsonElement?> PassedAsync(Task<JsonElement?> sending)
    {
        await PassAsync(sending, TimeSpan.FromMinutes(4));
        return await sending;
    }

    /// <summary>Somebody else has taken the turn over.</summary>
    private sealed class LostTurns : IGasWalletTurns, IGasWalletTurn
    {
        public GasWalletNote? Note => null;

        public Task<IGasWalletTurn> TakeAsync(string network, string address, TimeSpan longest, CancellationToken cancellation) =>
            Task.FromResult<IGasWalletTurn>(this);

        public Task WriteAsync(GasWalletNote note, CancellationToken cancellation) => throw new ChainUnknownException("anvil", "lost");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
