using Nethereum.Hex.HexConvertors.Extensions;

namespace Nethereum.Util;

/// <summary>Ethereum addresses as text. Source: EIP-55.</summary>
public class AddressUtil
{
    private const int HexDigits = 40;

    public static AddressUtil Current { get; } = new();

    /// <summary>The address in mixed case with <c>0x</c>.</summary>
    public string ConvertToChecksumAddress(string address)
    {
        string lower = address.RemoveHexPrefix().ToLowerInvariant();
        string hash = Sha3Keccack.Current.CalculateHash(lower);
        return string.Create(2 + lower.Length, (lower, hash), static (text, parts) =>
        {
            "0x".CopyTo(text);
            for (int i = 0; i < parts.lower.Length; i++)
                text[2 + i] = parts.hash[i] >= '8' ? char.ToUpperInvariant(parts.lower[i]) : parts.lower[i];
        });
    }

    public string ConvertToChecksumAddress(byte[] address) => ConvertToChecksumAddress(address.ToHex());

    /// <summary>Whether the case of every letter is the checksum's: an address in one case alone is not.</summary>
    public bool IsChecksumAddress(string address) =>
        IsValidEthereumAddressHexFormat(address) && ConvertToChecksumAddress(address) == address;

    /// <summary>Whether the text is <c>0x</c> and forty hex digits, in any case.</summary>
    public bool IsValidEthereumAddressHexFormat(string address) =>
        address is not null && address.HasHexPrefix() && address.Length == HexDigits + 2
        && address.AsSpan(2).IndexOfAnyExcept(System.Buffers.SearchValues.Create("0123456789abcdefABCDEF")) < 0;
}
