using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;

namespace CoinPay.Testing.Gateway;

/// <summary>Networks that count as read although nothing polls them: their cursors say so for longer than any test runs.</summary>
internal static class ReadNetworks
{
    private static readonly TimeSpan LongerThanATest = TimeSpan.FromHours(2);

    public static Task SaveAsync(Tables tables, params string[] networks) =>
        SaveAsync(tables, DateTimeOffset.UtcNow + LongerThanATest, networks);

    /// <param name="completeAt">When the last complete poll began.</param>
    public static async Task SaveAsync(Tables tables, DateTimeOffset completeAt, params string[] networks)
    {
        CursorStore cursors = new(tables);
        foreach (string network in networks)
        {
            string hash = "0x" + new string('1', 64);
            Cursor cursor = new(Stage.Head, [hash], new(Stage.Head, hash, DateTimeOffset.UtcNow, null, null), completeAt, default);
            Cursor? before = await cursors.FindAsync(network, CancellationToken.None);
            await cursors.SaveAsync(network, cursor with { Tag = before?.Tag ?? default }, CancellationToken.None);
        }
    }
}
