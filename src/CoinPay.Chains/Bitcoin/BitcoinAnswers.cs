using System.Text.Json.Serialization;

namespace CoinPay.Chains.Bitcoin;

// The parts of bitcoind's and litecoind's answers that we read; the same in both. Source: `bitcoin-cli help <method>`.

/// <param name="Time">The head's; litecoind gives only the median of the last eleven blocks.</param>
internal sealed record BlockchainInfo(
    long Blocks, long Headers, string BestBlockHash, bool InitialBlockDownload, long MedianTime, long? Time = null);

/// <summary>The part of getblockchaininfo that names the chain: main, test, signet, regtest.</summary>
internal sealed record ChainName(string Chain);

internal sealed record BitcoinBlock(
    string Hash, long Height, long Confirmations, long Time, BitcoinTransaction[] Tx, string? PreviousBlockHash = null);

/// <param name="BlockHash">Only in getrawtransaction, and only if it is mined.</param>
internal sealed record BitcoinTransaction(
    string Txid, BitcoinOutput[] Vout, BitcoinInput[]? Vin = null, string? BlockHash = null);

/// <summary>A coinbase has no <paramref name="Txid"/>, nor does an input from inside Litecoin's MWEB.</summary>
internal sealed record BitcoinInput(string? Txid = null, int? Vout = null, string? Coinbase = null);

/// <param name="Value">In coins. The text has all eight decimals, so a decimal holds the value exactly.</param>
internal sealed record BitcoinOutput(decimal? Value = null, int? N = null, BitcoinScript? ScriptPubKey = null);

internal sealed record BitcoinScript(string? Hex = null);

/// <param name="Loaded">False while a restarted node is still reading its mempool from disk.</param>
/// <param name="MempoolMinFee">Coins per 1,000 virtual bytes, below which the node takes nothing while its mempool is full.</param>
/// <param name="MinRelayTxFee">Coins per 1,000 virtual bytes, below which the node relays nothing.</param>
internal sealed record MempoolInfo(bool? Loaded = null, decimal? MempoolMinFee = null, decimal? MinRelayTxFee = null);

/// <param name="VSize">Virtual bytes.</param>
/// <param name="AncestorSize">Virtual bytes of the transaction and its unconfirmed ancestors.</param>
/// <param name="Time">When the transaction entered the mempool, in seconds since 1970.</param>
internal sealed record MempoolEntry(long? VSize = null, long? AncestorSize = null, MempoolFees? Fees = null, long? Time = null);

/// <summary>In coins: the transaction's own fee, and the sum of its own and its unconfirmed ancestors'.</summary>
internal sealed record MempoolFees(decimal? Base = null, decimal? Ancestor = null);

/// <param name="FeeRate">Coins per 1,000 virtual bytes; missing if the node has seen too little to tell.</param>
internal sealed record FeeEstimate(decimal? FeeRate = null);

/// <param name="Synced">Whether it holds every block.</param>
internal sealed record FilterIndex(bool Synced);

/// <param name="RelevantBlocks">Hashes, lowest block first.</param>
/// <param name="Completed">False if somebody stopped the search.</param>
internal sealed record ScannedBlocks([property: JsonPropertyName("relevant_blocks")] string[] RelevantBlocks, bool Completed);

internal sealed record UnspentOutputs(UnspentOutput[] Unspents);

internal sealed record UnspentOutput(string ScriptPubKey);
