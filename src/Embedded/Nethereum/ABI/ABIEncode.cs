using System.Collections;
using System.Numerics;
using Nethereum.Hex.HexConvertors.Extensions;

namespace Nethereum.ABI;

/// <summary>A value and the Solidity type that it is encoded as: <c>address</c>, <c>bytes32</c>, <c>uint256</c>, <c>address[]</c>.</summary>
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
/// Arguments of contract calls: addresses (text), unsigned integers (BigInteger), bool, bytesN and bytes (byte[]), and
/// dynamic arrays of those. Source: the contract ABI specification of the Solidity documentation.
/// </summary>
public class ABIEncode
{
    private const int Word = 32;

    /// <summary>The arguments as they stand after a function's selector.</summary>
    public byte[] GetABIEncoded(params ABIValue[] abiValues) =>
        Sequence([.. abiValues.Select(value => (value.Type, value.Value))]);

    private static byte[] Sequence(List<(string Type, object Value)> values)
    {
        List<byte> heads = [], tails = [];
        foreach ((string type, object value) in values)
            if (IsDynamic(type))
            {
                heads.AddRange(Number(values.Count * Word + tails.Count));
                tails.AddRange(Dynamic(type, value));
            }
            else
            {
                heads.AddRange(Static(type, value));
            }
        return [.. heads, .. tails];
    }

    private static bool IsDynamic(string type) => type == "bytes" || type.EndsWith("[]", StringComparison.Ordinal);

    private static byte[] Dynamic(string type, object value)
    {
        if (type == "bytes")
            return [.. Number(((byte[])value).Length), .. PaddedRight((byte[])value)];
        List<(string, object)> items = [];
        foreach (object item in (IEnumerable)value)
            items.Add((type[..^2], item));
        return [.. Number(items.Count), .. Sequence(items)];
    }

    private static byte[] Static(string type, object value) => type switch
    {
        "address" => [.. new byte[Word - 20], .. ((string)value).HexToByteArray()],
        "bool" => Number((bool)value ? 1 : 0),
        _ when type.StartsWith("uint", StringComparison.Ordinal) => Number((BigInteger)value),
        _ when type.StartsWith("bytes", StringComparison.Ordinal) => PaddedRight((byte[])value),
        _ => throw new ArgumentException("Unsupported ABI type: " + type, nameof(type)),
    };

    private static byte[] Number(BigInteger number)
    {
        byte[] bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return bytes.Length <= Word
            ? [.. new byte[Word - bytes.Length], .. bytes]
            : throw new ArgumentOutOfRangeException(nameof(number), "More than 256 bits.");
    }

    private static byte[] PaddedRight(byte[] bytes) => [.. bytes, .. new byte[(Word - bytes.Length % Word) % Word]];
}
