using System.Text.Json;

namespace CoinPay.Testing.Nodes;

/// <summary>
/// The merchant's own wallet, beside the payer's in the same node: coins and change of the payer never come to its addresses,
/// so that money on an invoice's address is a payment and nothing else.
/// </summary>
internal static class MerchantWallet
{
    public const string Name = "merchant";

    /// <summary>The number of an account's addresses that a litecoind's wallet knows.</summary>
    private const int Addresses = 100;

    public static async Task<string> MerchantAddressAsync(this Bitcoind node) =>
        (await node.CallMerchantAsync("getnewaddress", "", "bech32")).GetString()!;

    /// <summary>The account's public key, whose addresses at <c>/0/i</c> this wallet can spend.</summary>
    public static async Task<string> AccountKeyAsync(this Bitcoind node)
    {
        JsonElement descriptors = (await node.CallMerchantAsync("listdescriptors")).GetProperty("descriptors");
        string receive = descriptors.EnumerateArray()
            .Select(descriptor => descriptor.GetProperty("desc").GetString()!)
            .First(text => text.StartsWith("wpkh(", StringComparison.Ordinal) && text.Contains("/0/*", StringComparison.Ordinal));
        return receive[(receive.IndexOf(']', StringComparison.Ordinal) + 1)..receive.IndexOf("/0/*", StringComparison.Ordinal)];
    }

    /// <summary>The same of a litecoind, whose wallets have no descriptors: it is given the keys below its own master key.</summary>
    public static async Task<string> LegacyAccountKeyAsync(this Bitcoind node)
    {
        string master = await MasterKeyAsync(node);
        JsonElement info = await node.CallAsync("getdescriptorinfo", $"wpkh({master}/0/*)");
        object keys = new
        {
            desc = $"wpkh({master}/0/*)#{info.GetProperty("checksum").GetString()}",
            range = new[] { 0, Addresses },
            timestamp = "now",
        };
        JsonElement imported = (await node.CallMerchantAsync("importmulti", new[] { keys }, new { rescan = false }))[0];
        if (!imported.GetProperty("success").GetBoolean())
            throw new InvalidOperationException("the wallet did not take the keys: " + imported);
        string shown = info.GetProperty("descriptor").GetString()!;
        return shown["wpkh(".Length..shown.IndexOf("/0/*", StringComparison.Ordinal)];
    }

    private static async Task<string> MasterKeyAsync(Bitcoind node)
    {
        const string mark = "# extended private masterkey: ";
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await node.CallMerchantAsync("dumpwallet", file);
            return (await File.ReadAllLinesAsync(file)).First(line => line.StartsWith(mark, StringComparison.Ordinal))[mark.Length..];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
