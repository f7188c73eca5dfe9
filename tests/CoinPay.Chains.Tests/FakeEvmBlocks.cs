using System.Globalization;
using System.Text.Json;
using CoinPay.Chains.Evm;

namespace CoinPay.Chains.Tests;

/// <summary>
/// Blocks whose headers, logs and receipts agree, until a test spoils one of them. Block n has hash n; each token transfer is a
/// transaction of its own. Blooms are made by the product's own bits: that they are Ethereum's is tested on anvil.
/// </summary>
internal sealed class FakeEvmBlocks
{
    public const string Token = "0x00000000000000000000000000000000000000dd";
    public const string OtherToken = "0x00000000000000000000000000000000000000ee";
    public const string Invoice = "0x00000000000000000000000000000000000000aa";

    private readonly List<Transfer> _transfers = [];

    /// <summary>Spoils what <c>eth_getLogs</c> answers.</summary>
    public Func<object[], object?> Logs { get; set; } = static logs => logs;

    /// <summary>Spoils what <c>eth_getBlockReceipts</c> answers.</summary>
    public Func<object[], object?> Receipts { get; set; } = static receipts => receipts;

    /// <summary>Spoils what <c>eth_getTransactionReceipt</c> answers.</summary>
    public Func<object, object?> Receipt { get; set; } = static receipt => receipt;

    /// <summary>Spoils a header's bloom.</summary>
    public Func<string, object?> Bloom { get; set; } = static bloom => bloom;

    public FakeNode Node => field ??= new FakeNode(Answer);

    public void Pay(int block, long amount, string token = Token) => _transfers.Add(new(block, _transfers.Count, token, amount));

    private object? Answer(string method, JsonElement parameters) => method switch
    {
        "eth_getBlockByNumber" => Header(Number(parameters[0].GetString()!)),
        "eth_getLogs" => Logs([.. _transfers.Where(transfer => IsIn(transfer, parameters[0])).Select(LogOf)]),
        "eth_getBlockReceipts" => Receipts([.. In(Number(parameters[0].GetString()!)).Select(ReceiptOf)]),
        "eth_getTransactionReceipt" => Receipt(ReceiptOf(_transfers.Single(transfer => HashOf(transfer) == parameters[0].GetString()))),
        _ => throw new ArgumentException(method),
    };

    private object Header(int height) => new
    {
        number = $"0x{height:x}",
        hash = Word(height),
        parentHash = Word(height - 1),
        timestamp = "0x1",
        transactions = In(height).Select(transfer => new { hash = HashOf(transfer), from = Invoice, to = transfer.Token, value = "0x0" }),
        logsBloom = Bloom(BloomOf(In(height))),
    };

    private static string BloomOf(IEnumerable<Transfer> transfers)
    {
        byte[] bits = new byte[256];
        foreach (string entry in transfers.SelectMany(transfer => new[] { transfer.Token, TransferLog.Topic }))
            foreach (int index in new LogsBloom.Entry(entry).Indexes)
                bits[255 - index / 8] |= (byte)(1 << (index % 8));
        return "0x" + Convert.ToHexStringLower(bits);
    }

    private static object ReceiptOf(Transfer transfer) => new
    {
        blockHash = Word(transfer.Block),
        transactionHash = HashOf(transfer),
        status = "0x1",
        logs = new[] { LogOf(transfer) },
    };

    private static object LogOf(Transfer transfer) => new
    {
        address = transfer.Token,
        topics = new[] { TransferLog.Topic, "0x" + new string('0', 64), "0x" + Invoice[2..].PadLeft(64, '0') },
        data = Word(transfer.Amount),
        blockHash = Word(transfer.Block),
        transactionHash = HashOf(transfer),
        logIndex = $"0x{transfer.Number:x}",
        removed = false,
    };

    private static bool IsIn(Transfer transfer, JsonElement filter) => filter.TryGetProperty("blockHash", out JsonElement hash)
        ? Number(hash.GetString()!) == transfer.Block
        : Number(filter.GetProperty("fromBlock").GetString()!) <= transfer.Block
            && transfer.Block <= Number(filter.GetProperty("toBlock").GetString()!);

    private IEnumerable<Transfer> In(int height) => _transfers.Where(transfer => transfer.Block == height);

    private static string HashOf(Transfer transfer) => Word(1_000_000 + transfer.Number);

    private static string Word(long number) => $"0x{number:x64}";

    private static int Number(string hex) => int.Parse(hex.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private sealed record Transfer(int Block, int Number, string Token, long Amount);
}
