namespace NBitcoin.Altcoins;

/// <summary>
/// Litecoin's chains. Extended keys are written with Bitcoin's versions (xpub, tpub), as Litecoin Core does.
/// </summary>
public class Litecoin : NetworkSetBase
{
    private Litecoin()
        : base(
            () => new Network("ltc-main", "ltc", 0x30, 0x32, main: true),
            () => new Network("ltc-test", "tltc", 0x6f, 0x3a, main: false),
            () => new Network("ltc-reg", "rltc", 0x6f, 0x3a, main: false))
    {
    }

    public static Litecoin Instance { get; } = new();

    public override string CryptoCode => "LTC";
}
