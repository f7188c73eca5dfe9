using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>EVM addresses as text.</summary>
public static class EvmAddress
{
    /// <summary>The zero address, which represents the chain's own coin among tokens.</summary>
    public const string NativeCoin = "0x0000000000000000000000000000000000000000";

    /// <summary>
    /// Whether the text is <c>0x</c> and 40 hex digits in the checksum's case (EIP-55). Nethereum's own check does not
    /// require the <c>0x</c>, and throws on a text that is only <c>0x</c>.
    /// </summary>
    public static bool IsChecksummed(string? text) => AddressUtil.Current.IsValidEthereumAddressHexFormat(text)
        && AddressUtil.Current.IsChecksumAddress(text);
}
