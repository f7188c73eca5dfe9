using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>The timeline's chain of hashes, as a merchant can check it with nothing but sha256sum.</summary>
public sealed class TimelineTests
{
    private static readonly string[] Life = ["created", "detected", "confirming", "paid"];

    /// <summary><c>printf '%s\n1\ncreated' 000…0 | sha256sum</c>.</summary>
    [Fact]
    public void The_first_hash_is_what_sha256sum_says() =>
        Assert.Equal(FirstHash, Timeline.Hash(Timeline.Start, 1, "created"));

    [Fact]
    public void The_start_is_as_long_as_a_hash() => Assert.Equal(new string('0', 64), Timeline.Start);

    [Fact]
    public void A_changed_text_changes_every_hash_after_it() =>
        DifferFrom(1, Chain(Life), Chain(["created", "DETECTED", "confirming", "paid"]));

    [Fact]
    public void A_dropped_event_changes_every_hash_after_it() =>
        DifferFrom(1, Chain(Life), Chain(["created", "confirming", "paid"]));

    [Fact]
    public void Swapped_events_change_every_hash_from_the_first_of_them() =>
        DifferFrom(1, Chain(Life), Chain(["created", "confirming", "detected", "paid"]));

    [Fact]
    public void The_number_is_covered_too() =>
        Assert.NotEqual(Timeline.Hash(Timeline.Start, 1, "a"), Timeline.Hash(Timeline.Start, 2, "a"));

    [Fact]
    public void Text_is_hashed_as_utf8() =>
        Assert.Equal(Utf8Hash, Timeline.Hash(Timeline.Start, 1, "Zürich"));

    private const string FirstHash = "768b75c8562d5fa19deedfed1f656dbddc9e57a8fe3de2f3a38eccbbdb7e4a42";

    private const string Utf8Hash = "72f054b11c64705d1ae1b86115fdb68babc760e6cdcdeec31b3ef95bdb736bb5";

    private static List<string> Chain(string[] texts)
    {
        List<string> hashes = [];
        foreach (string text in texts)
            hashes.Add(Timeline.Hash(hashes.LastOrDefault(Timeline.Start), hashes.Count + 1, text));
        return hashes;
    }

    private static void DifferFrom(int index, List<string> one, List<string> other)
    {
        Assert.Equal(one.Take(index), other.Take(index));
        Assert.All(one.Zip(other).Skip(index), pair => Assert.NotEqual(pair.First, pair.Second));
    }
}
