using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;

namespace CoinPay.Cli;

/// <summary>
/// Lets a network be read again from a block that the gateway has read before, after a reorg deeper than the cursor's hashes: the
/// poller stops there, because it cannot tell a reorg from a node on a wrong chain. A person has to, and names the block. The poller
/// continues only if the node has that very block, finds the payments above it again, and reverses those that are gone.
/// </summary>
internal sealed class Reread(TableServiceClient service, TextWriter output)
{
    private const int MaxListed = 20;

    private readonly CursorStore _cursors = new(new Tables(service));
    private readonly ScannedRanges _ranges = new(new Tables(service));

    /// <summary>Lists blocks to go back to, or goes back. Throws <see cref="RefusedException"/> if that cannot be.</summary>
    /// <param name="network">Its short name.</param>
    /// <param name="height">A block of the list; null only lists.</param>
    /// <param name="cancellation">Stops before anything is written.</param>
    public async Task<bool> RunAsync(string network, long? height, CancellationToken cancellation)
    {
        Cursor cursor = await _cursors.FindAsync(network, cancellation)
            ?? throw new RefusedException($"{network} was never read.");
        List<ScannedRange> below = [.. (await _ranges.ReadAsync(network, cancellation)).Where(range => range.To < cursor.Height)];
        if (height is null)
            return await ListAsync(network, cursor, below);
        ScannedRange end = below.Find(range => range.To == height)
            ?? throw new RefusedException($"{height} is not in the list of blocks. Run the command without a height to see the list.");
        await _cursors.GoBackAsync(network, cursor, end, cancellation);
        await output.WriteLineAsync(
            $"{network} is read again from block {end.To} {end.EndHash}. The gateway can keep running: its log shows how far it is.");
        return true;
    }

    private async Task<bool> ListAsync(string network, Cursor cursor, List<ScannedRange> below)
    {
        await output.WriteLineAsync($"{network} was read up to block {cursor.Height} {cursor.Hash}. Blocks to go back to, the highest first:");
        foreach (ScannedRange range in below.AsEnumerable().Reverse().Take(MaxListed))
            await output.WriteLineAsync($"{range.To} {range.EndHash}");
        await output.WriteLineAsync("Choose the highest one whose hash is in the chain, by your node and by another source.");
        return true;
    }
}
