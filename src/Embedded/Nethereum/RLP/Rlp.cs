using System.Numerics;

namespace Nethereum.RLP;

/// <summary>Recursive length prefix. Source: the Ethereum yellow paper, appendix B.</summary>
internal static class Rlp
{
    private const int LongestShort = 55;

    public static byte[] Element(byte[] bytes) =>
        bytes is [< 0x80] ? bytes : [.. Length(0x80, bytes.Length), .. bytes];

    /// <summary>A number: big-endian without leading zeros, so that zero is the empty element.</summary>
    public static byte[] Number(BigInteger number) =>
        Element(number.IsZero ? [] : number.ToByteArray(isUnsigned: true, isBigEndian: true));

    public static byte[] List(params byte[][] encodedItems)
    {
        byte[] items = [.. encodedItems.SelectMany(item => item)];
        return [.. Length(0xc0, items.Length), .. items];
    }

    private static byte[] Length(byte offset, int length)
    {
        if (length <= LongestShort)
            return [(byte)(offset + length)];
        byte[] bytes = new BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(offset + LongestShort + bytes.Length), .. bytes];
    }
}
