using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace CoinPay.Chains.Evm;

// The parts of a node's answers that we read. Source: https://ethereum.github.io/execution-apis/

/// <param name="Transactions">Hashes, or whole transactions if they were requested.</param>
internal sealed record EvmBlock(
    string Number,
    string Hash,
    string ParentHash,
    string Timestamp,
    JsonElement Transactions,
    string? BaseFeePerGas = null,
    string? LogsBloom = null)
{
    public long Height => Quantity.Height(Number);

    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds(Quantity.Height(Timestamp));
}

internal sealed record EvmTransaction(string Hash, string From, string Value, string? To = null);

internal sealed record EvmReceipt(string BlockHash, string? Status = null, string? TransactionHash = null, EvmLog[]? Logs = null);

internal sealed record EvmLog(
    string Address,
    string[] Topics,
    string Data,
    string BlockHash,
    string TransactionHash,
    string LogIndex,
    bool Removed = false,
    string BlockNumber = "0x0");

/// <summary>Reads and writes the hex numbers of Ethereum's JSON-RPC.</summary>
internal static class Quantity
{
    public static string Hex(BigInteger number) =>
        number.IsZero ? "0x0" : "0x" + number.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');

    public static BigInteger Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : throw new FormatException("The number does not start with 0x.");

    public static long Height(string text) => (long)Number(text);
}
