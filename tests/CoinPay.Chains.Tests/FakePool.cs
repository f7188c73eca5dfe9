using System.Numerics;
using System.Text.Json;
using CoinPay.Chains.Evm;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Model;
using Nethereum.Util;

namespace CoinPay.Chains.Tests;

/// <summary>
/// A node whose pool follows geth's rules: one transaction a nonce, and a replacement pays a tenth more in both fees. It
/// mines when a test says so, and only what pays the base fee. Source: core/txpool/legacypool of go-ethereum.
/// </summary>
internal sealed class FakePool
{
    private readonly Dictionary<string, string> _receipts = new(StringComparer.Ordinal);
    private int _mined;

    public BigInteger BaseFee { get; set; } = 10_000_000_000;

    public BigInteger Priority { get; set; } = 1_000_000_000;

    /// <summary>Transactions of the wallet that wait, by nonce.</summary>
    public Dictionary<int, Transaction1559> Waiting { get; } = [];

    /// <summary>Whatever the pool took, in order.</summary>
    public List<Transaction1559> Taken { get; } = [];

    /// <summary>What the pool answered to what it did not take.</summary>
    public List<string> Refusals { get; } = [];

    public List<Transaction1559> Mined { get; } = [];

    /// <summary>The error of every transaction that is sent.</summary>
    public string? Refuses { get; set; }

    /// <summary>The connection is lost as a transaction is sent: before the node has it, or after.</summary>
    public (bool NodeHasIt, bool IsOn) Loses { get; set; }

    /// <summary>Mines the next transaction if it pays enough.</summary>
    public void Mine()
    {
        if (!Waiting.TryGetValue(_mined, out Transaction1559? next) || next.MaxFeePerGas < BaseFee)
            return;
        Waiting.Remove(_mined);
        _mined++;
        Mined.Add(next);
        _receipts[HashOf(next)] = $"0x{_mined:x}";
    }

    public object? Answer(string method, JsonElement parameters) => method switch
    {
        "eth_getTransactionCount" => $"0x{_mined:x}",
        "eth_estimateGas" => "0x5208",
        "eth_getBlockByNumber" => new
        {
            number = "0x1",
            hash = "0x01",
            parentHash = "0x00",
            timestamp = "0x1",
            transactions = Array.Empty<string>(),
            baseFeePerGas = Quantity.Hex(BaseFee),
        },
        "eth_maxPriorityFeePerGas" => Quantity.Hex(Priority),
        "eth_gasPrice" => Quantity.Hex(BaseFee + Priority),
        "eth_sendRawTransaction" => Send(parameters[0].GetString()!),
        "eth_getTransactionReceipt" => _receipts.ContainsKey(parameters[0].GetString()!)
            ? new { blockHash = "0x02", status = "0x1", transactionHash = parameters[0].GetString(), logs = Array.Empty<string>() }
            : null,
        _ => throw new NotSupportedException(method),
    };

    private object Send(string raw)
    {
        if (Loses is { IsOn: true, NodeHasIt: false })
            throw new HttpRequestException("the connection was lost");
        object answer = Take((Transaction1559)TransactionFactory.CreateTransaction(raw));
        return Loses.IsOn ? throw new HttpRequestException("the connection was lost") : answer;
    }

    private object Take(Transaction1559 sent)
    {
        int nonce = (int)sent.Nonce!.Value;
        string? refusal = Refuses;
        if (nonce < _mined)
            refusal ??= $"nonce too low: next nonce {_mined}, tx nonce {nonce}";
        if (Waiting.TryGetValue(nonce, out Transaction1559? before))
            refusal ??= HashOf(before) == HashOf(sent) ? "already known"
                : sent.MaxFeePerGas * 10 < before.MaxFeePerGas * 11 || sent.MaxPriorityFeePerGas * 10 < before.MaxPriorityFeePerGas * 11
                ? "replacement transaction underpriced"
                : null;
        if (refusal is not null)
        {
            Refusals.Add(refusal);
            return new FakeNode.Refused(-32000, refusal);
        }
        Waiting[nonce] = sent;
        Taken.Add(sent);
        return HashOf(sent);
    }

    private static string HashOf(Transaction1559 transaction) =>
        Sha3Keccack.Current.CalculateHash(transaction.GetRLPEncoded()).ToHex(prefix: true);
}
