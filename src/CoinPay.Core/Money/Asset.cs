namespace CoinPay.Core;

/// <summary>An asset that payments are made in, on one network.</summary>
/// <param name="Id">CAIP-19 id: <c>eip155:31337/erc20:0x…</c>, <c>bip122:…/slip44:0</c>.</param>
/// <param name="Symbol">Ticker shown to people: <c>USDT</c>.</param>
/// <param name="Decimals">The number of decimal places of one unit: 6 for USDT, 8 for BTC, 18 for ETH.</param>
public sealed record Asset(string Id, string Symbol, int Decimals)
{
    /// <summary>The CAIP-2 id of the asset's network: the part before the slash.</summary>
    public string Network => Id[..Id.IndexOf('/', StringComparison.Ordinal)];
}
