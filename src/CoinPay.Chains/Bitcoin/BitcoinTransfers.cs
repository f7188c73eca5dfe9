using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Extracts what concerns us from a Bitcoin-family transaction: payments to watched scripts, and what it spends.
/// </summary>
internal sealed class BitcoinTransfers(Network network)
{
    private const decimal BaseUnitsPerCoin = 100_000_000m;

    /// <summary>COINBASE_MATURITY and PEGOUT_MATURITY in the nodes' consensus/consensus.h.</summary>
    private const int CoinbaseMaturity = 100, PegOutMaturity = 6;

    /// <summary>A witness program of version 8 and 32 bytes, the MWEB's header hash: the first output of a block's HogEx (LIP-2).</summary>
    private const string HogAddress = "5820";
    private const int HogAddressLength = 68;
    private readonly Asset _coin = network.Assets.Single(asset => asset.Contract is null).Asset;

    /// <summary>
    /// Returns its transfers to watched scripts. Litecoin's MWEB outputs can lack value, number or script: they pay
    /// none of our addresses. Money that leaves the MWEB is an ordinary output of the block's last transaction.
    /// </summary>
    public IReadOnlyList<ChainTransfer> Of(BitcoinTransaction transaction, Func<string, bool> isWatched)
    {
        List<BitcoinOutput> ours = [.. transaction.Vout.Where(output => IsPayment(output, isWatched))];
        if (ours.Count == 0)
            return [];
        Outpoints inputs = InputsOf(transaction);
        int maturity = MaturityOf(transaction);
        return [.. ours.Select(output => Transfer(transaction.Txid, output, inputs) with { Maturity = maturity })];
    }

    /// <summary>Returns every outpoint that it spends, however many they are.</summary>
    public static IEnumerable<string> AllInputsOf(BitcoinTransaction transaction) =>
        from input in transaction.Vin ?? []
        let spent = input is { Txid: { } txid, Vout: { } number } ? Outpoints.Name(txid, number) : null
        where spent is not null
        select spent;

    public static Outpoints InputsOf(BitcoinTransaction transaction) => Outpoints.Of(AllInputsOf(transaction));

    /// <summary>Returns the watched outpoints that it spends, regardless of its number of inputs.</summary>
    public static IEnumerable<Spend> SpendsOf(BitcoinTransaction transaction, Func<string, bool> isWatched) =>
        AllInputsOf(transaction).Where(isWatched).Select(outpoint => new Spend(outpoint, transaction.Txid));

    private int MaturityOf(BitcoinTransaction transaction) =>
        transaction.Vin is [{ Coinbase: not null }, ..] ? CoinbaseMaturity
        : network.Coin == "litecoin" && transaction.Vout is [{ ScriptPubKey.Hex: { Length: HogAddressLength } first }, ..]
            && first.StartsWith(HogAddress, StringComparison.Ordinal) ? PegOutMaturity
        : 0;

    private static bool IsPayment(BitcoinOutput output, Func<string, bool> isWatched) =>
        output is { ScriptPubKey.Hex: { } script, N: not null, Value: > 0 } && isWatched(script);

    private ChainTransfer Transfer(string txid, BitcoinOutput output, Outpoints inputs) => new(
        _coin, output.ScriptPubKey!.Hex!, null, txid, output.N!.Value.ToString(), BaseUnits(output.Value!.Value))
    {
        Inputs = inputs,
    };

    private BigInteger BaseUnits(decimal coins)
    {
        decimal units = coins * BaseUnitsPerCoin;
        return units == decimal.Truncate(units)
            ? new BigInteger(units)
            : throw new ChainUnknownException(network.Name, $"an amount of {coins} is not a whole number of base units");
    }
}
