using System.Numerics;
using Nethereum.Hex.HexConvertors.Extensions;

namespace Nethereum.ABI;

/// <summary>
/// A value and the Solidity type that it is encoded as: <c>address</c>, <c>bytes32</c>, <c>uint256</c>.
/// </summary>
public class ABIValue
{
    public ABIValue(string abiType, object value)
    {
        Type = abiType;
        Value = value;
    }

    public object Value { get; set; }

    internal string Type { get; }
}

/// <summary>
/// Arguments of contract calls: addresses (text), unsigned integers (BigInteger), bool and bytesN (byte[]), each in one
/// word. Source: the contract ABI specification of the Solidity documentation.
/// </summary>
public class ABIEncode
{
    private const int Word = 32;

    /// <summary>The arguments as they stand after a function's selector.</summary>
    public byte[] GetABIEncoded(params ABIValue[] abiValues) =>
        [.. abiValues.SelectMany(value => Encoded(value.Type, value.Value))];

    private static byte[] Encoded(string type, object value) => type switch
    {
        "address" => PaddedLeft(((string)value).HexToByteArray()),
        "bool" => PaddedLeft([(byte)((bool)value ? 1 : 0)]),
        _ when type.StartsWith("uint", StringComparison.Ordinal) =>
            PaddedLeft(((BigInteger)value).ToByteArray(isUnsigned: true, isBigEndian: true)),
        _ when type != "bytes" && type.StartsWith("bytes", StringComparison.Ordinal) => PaddedRight((byte[])value),
        _ => throw new ArgumentException("Unsupported ABI type: " + type, nameof(type)),
    };

    private static byte[] PaddedLeft(byte[] bytes) => [.. Padding(bytes), .. bytes];

    private static byte[] PaddedRight(byte[] bytes) => [.. bytes, .. Padding(bytes)];

    private static byte[] Padding(byte[] bytes) => bytes.Length <= Word
        ? new byte[Word - bytes.Length]
        : throw new ArgumentException("More than 32 bytes in one word.", nameof(bytes));
}
