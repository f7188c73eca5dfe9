namespace CoinPay.Core;

/// <summary>A thing that is paid with, on one network.</summary>
/// <param name="Id">CAIP-19 id: <c>eip155:31337/erc20:0x…</c>, <c>bip122:…/slip44:0</c>.</param>
/// <param name="Symbol">Ticker shown to people: <c>USDT</c>.</param>
/// <param name="Decimals">How many digits of one unit are base units: 6 for USDT, 8 for BTC, 18 for ETH.</param>
public sealed record Asset(string Id, string Symbol, int Decimals)
{
    /// <summary>The CAIP-2 id of the asset's network: what stands before the slash.</summary>
    public string Network => Id[..Id.IndexOf('/', StringComparison.Ordinal)];
}
