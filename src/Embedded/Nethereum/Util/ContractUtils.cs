using System.Numerics;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.RLP;

namespace Nethereum.Util;

/// <summary>Where a contract comes to stand.</summary>
public static class ContractUtils
{
    private const int AddressOffset = 12;
    private const int SaltLength = 32;

    /// <summary>The address of the contract that an account makes by its transaction of this nonce (CREATE).</summary>
    public static string CalculateContractAddress(string address, BigInteger nonce) =>
        Last20Bytes(Rlp.List(Rlp.Element(address.HexToByteArray()), Rlp.Number(nonce)));

    /// <summary>The CREATE2 address for init code. Source: EIP-1014.</summary>
    public static string CalculateCreate2Address(string address, string saltHex, string byteCodeHex) =>
        CalculateCreate2AddressUsingByteCodeHash(
            address, saltHex, Sha3Keccack.Current.CalculateHash(byteCodeHex.HexToByteArray()).ToHex());

    /// <summary>The CREATE2 address for the keccak-256 hash of init code. Source: EIP-1014.</summary>
    /// <exception cref="ArgumentException">The salt has not 32 bytes.</exception>
    public static string CalculateCreate2AddressUsingByteCodeHash(
        string address, string saltHex, string byteCodeHexHash)
    {
        byte[] salt = saltHex.HexToByteArray();
        if (salt.Length != SaltLength)
            throw new ArgumentException("Salt needs to be 32 bytes", nameof(saltHex));
        return Last20Bytes([0xff, .. address.HexToByteArray(), .. salt, .. byteCodeHexHash.HexToByteArray()]);
    }

    private static string Last20Bytes(byte[] preimage) =>
        AddressUtil.Current.ConvertToChecksumAddress(Sha3Keccack.Current.CalculateHash(preimage)[AddressOffset..]);
}
