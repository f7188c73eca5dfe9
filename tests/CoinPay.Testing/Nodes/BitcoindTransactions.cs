using System.Text.Json;

namespace CoinPay.Testing.Nodes;

/// <summary>An output that a wallet of the node can spend.</summary>
internal sealed record Coin(string TransactionId, int Number, decimal Amount, bool IsMerchants = false);

/// <summary>A signed transaction, sent or not.</summary>
internal sealed record RawTransaction(string Id, string Hex);

/// <summary>Transactions that a wallet would not create by itself: chosen inputs, replacements, double spends, reorgs.</summary>
internal static class BitcoindTransactions
{
    /// <summary>Signals by BIP-125 that the transaction can be replaced, for nodes that still require it.</summary>
    private const uint Replaceable = 0xfffffffd;
    private const decimal MinAmount = 2;
    private const int CoinbaseMaturity = 100;

    /// <summary>Deeper than any reorg of a test: a coin below this cannot become immature again.</summary>
    private const int FewBlocks = 8;

    /// <summary>A coin that no reorg of a test touches and nothing else spends: the wallet is told to leave it alone.</summary>
    public static async Task<Coin> TakeCoinAsync(this Bitcoind node)
    {
        JsonElement unspent = await node.CallAsync("listunspent", FewBlocks + 1);
        return await node.TakeAsync(unspent.EnumerateArray()
            .First(coin => coin.GetProperty("amount").GetDecimal() >= MinAmount
                && coin.GetProperty("confirmations").GetInt64() is < CoinbaseMaturity or > CoinbaseMaturity + FewBlocks));
    }

    /// <summary>
    /// The youngest coinbase that may be spent: a reorg of a few blocks makes it immature, and drops for good what spends it.
    /// </summary>
    public static async Task<Coin> TakeYoungestCoinbaseAsync(this Bitcoind node)
    {
        JsonElement unspent = await node.CallAsync("listunspent", CoinbaseMaturity + 1, CoinbaseMaturity + 1);
        return await node.TakeAsync(unspent.EnumerateArray().First());
    }

    /// <summary>Signs a transaction that pays these amounts and the rest, less the fee, to the payer's wallet.</summary>
    public static async Task<RawTransaction> SignAsync(
        this Bitcoind node, Coin coin, decimal fee, params (string Address, decimal Amount)[] payments)
    {
        Dictionary<string, decimal> outputs = payments.ToDictionary(payment => payment.Address, payment => payment.Amount);
        decimal rest = coin.Amount - fee - payments.Sum(payment => payment.Amount);
        if (rest > 0)
            outputs[await node.NewAddressAsync()] = rest;
        object[] inputs = [new { txid = coin.TransactionId, vout = coin.Number, sequence = Replaceable }];
        string unsigned = (await node.CallAsync("createrawtransaction", inputs, outputs)).GetString()!;
        const string sign = "signrawtransactionwithwallet";
        JsonElement signed = await (coin.IsMerchants ? node.CallMerchantAsync(sign, unsigned) : node.CallAsync(sign, unsigned));
        if (!signed.GetProperty("complete").GetBoolean())
            throw new InvalidOperationException("the wallet could not sign: " + signed);
        string hex = signed.GetProperty("hex").GetString()!;
        JsonElement decoded = await node.CallAsync("decoderawtransaction", hex);
        return new(decoded.GetProperty("txid").GetString()!, hex);
    }

    /// <summary>Signs and sends; returns the transaction's id.</summary>
    public static async Task<string> SendAsync(
        this Bitcoind node, Coin coin, decimal fee, params (string Address, decimal Amount)[] payments) =>
        (await node.CallAsync("sendrawtransaction", (await node.SignAsync(coin, fee, payments)).Hex)).GetString()!;

    /// <summary>The output of a transaction that pays an address of the merchant.</summary>
    public static async Task<Coin> OutputToAsync(this Bitcoind node, string transactionId, string address)
    {
        string script = (await node.CallAsync("validateaddress", address)).GetProperty("scriptPubKey").GetString()!;
        JsonElement output = (await node.CallAsync("getrawtransaction", transactionId, true)).GetProperty("vout").EnumerateArray()
            .Single(candidate => candidate.GetProperty("scriptPubKey").GetProperty("hex").GetString() == script);
        return new(transactionId, output.GetProperty("n").GetInt32(), output.GetProperty("value").GetDecimal(), IsMerchants: true);
    }

    /// <summary>
    /// Takes the last blocks away and mines one more in their place: the first with these transactions, the others empty.
    /// What the old blocks held goes back to the mempool where it still can.
    /// </summary>
    public static async Task ReorgAsync(this Bitcoind node, int depth, params RawTransaction[] first)
    {
        long height = await node.HeightAsync();
        JsonElement oldest = await node.CallAsync("getblockhash", height - depth + 1);
        string elsewhere = await node.NewAddressAsync();
        await node.CallAsync("invalidateblock", oldest.GetString());
        for (int i = 0; i <= depth; i++)
            await node.CallAsync(
                "generateblock", elsewhere, i == 0 ? first.Select(transaction => transaction.Hex).ToArray() : []);
    }

    private static async Task<Coin> TakeAsync(this Bitcoind node, JsonElement unspent)
    {
        Coin coin = new(
            unspent.GetProperty("txid").GetString()!,
            unspent.GetProperty("vout").GetInt32(),
            unspent.GetProperty("amount").GetDecimal());
        await node.CallAsync("lockunspent", false, new[] { new { txid = coin.TransactionId, vout = coin.Number } });
        return coin;
    }
}
