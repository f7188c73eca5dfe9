using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Forwarders;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Forwarders;

/// <summary>Processes that share a gas wallet, each with its own objects over the same storage.</summary>
public sealed class GasWalletTurnsTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryStorage _storage;

    public GasWalletTurnsTests() => _storage = new(_clock);

    [Fact]
    public async Task While_one_has_its_turn_another_waits_and_gives_up_in_the_end()
    {
        GasWalletTurns one = await TurnsAsync(_clock), other = await TurnsAsync(_clock);
        IAsyncDisposable turn = await one.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        await (await other.TakeAsync("anvil", "0x2", Longest, CancellationToken.None)).DisposeAsync();
        await (await other.TakeAsync("anvil-two", "0x1", Longest, CancellationToken.None)).DisposeAsync();

        Task<IGasWalletTurn> waiting = other.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await turn.DisposeAsync();
        await PassAsync(waiting, TimeSpan.FromSeconds(1));
        await (await waiting).DisposeAsync();

        await using IAsyncDisposable again = await one.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        Task<IGasWalletTurn> inVain = other.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        await PassAsync(inVain, TimeSpan.FromSeconds(25));
        ChainUnknownException refused = await Assert.ThrowsAsync<ChainUnknownException>(() => inVain);
        Assert.Contains("another process is sending from the gas wallet 0x1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_turn_of_a_process_that_died_ends_by_itself_and_its_late_end_takes_nobody_elses_away()
    {
        GasWalletTurns dead = await TurnsAsync(_clock), other = await TurnsAsync(_clock);
        IAsyncDisposable lost = await dead.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        _clock.Advance(Longest);
        await using IAsyncDisposable turn = await other.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        await lost.DisposeAsync();
        Task<IGasWalletTurn> third = dead.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        await PassAsync(third, TimeSpan.FromSeconds(25));
        await Assert.ThrowsAsync<ChainUnknownException>(() => third);
    }

    [Fact]
    public async Task The_next_turn_has_the_note_of_the_last_one_also_of_a_process_that_died()
    {
        GasWalletTurns one = await TurnsAsync(_clock), other = await TurnsAsync(_clock);
        GasWalletNote note = new(7, new(30_000_000_000, 1_000_000_000), "flu_1", ["0xa", "0xb"]);
        await using (IGasWalletTurn turn = await one.TakeAsync("anvil", "0x1", Longest, CancellationToken.None))
        {
            Assert.Null(turn.Note);
            await turn.WriteAsync(note with { Nonce = 6 }, CancellationToken.None);
            await turn.WriteAsync(note, CancellationToken.None);
        }
        IGasWalletTurn dying = await other.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        AssertSame(note, dying.Note);
        GasWalletNote legacy = note with { Nonce = 8, Fees = new(5, null), OnceId = null };
        await dying.WriteAsync(legacy, CancellationToken.None);
        _clock.Advance(Longest);

        await using IGasWalletTurn next = await one.TakeAsync("anvil", "0x1", Longest, CancellationToken.None);
        AssertSame(legacy, next.Note);
        // The dead process was only slow: it can note nothing any more, and therefore send nothing.
        await Assert.ThrowsAsync<ChainUnknownException>(() => dying.WriteAsync(note, CancellationToken.None));
        await next.WriteAsync(note, CancellationToken.None);
    }

    private static void AssertSame(GasWalletNote expected, GasWalletNote? actual)
    {
        Assert.Equal(expected with { Hashes = [] }, actual! with { Hashes = [] });
        Assert.Equal(expected.Hashes, actual.Hashes);
    }

    private async Task<GasWalletTurns> TurnsAsync(TimeProvider clock)
    {
        Tables tables = new(_storage.TableService());
        await tables.EnsureCreatedAsync(CancellationToken.None);
        return new(tables, clock);
    }

    /// <summary>Lets time go on until something has ended, at most for so long.</summary>
    private async Task PassAsync(Task awaited, TimeSpan longest)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed <= longest && !awaited.IsCompleted; passed += TimeSpan.FromSeconds(1))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }
    }
}
