using System.Text;

namespace NBitcoin.DataEncoders;

/// <summary>
/// Segregated witness addresses. Source: BIP-173 (bech32, version 0) and BIP-350 (bech32m, versions 1 to 16).
/// </summary>
internal static class SegwitText
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const uint Bech32Constant = 1;
    private const uint Bech32mConstant = 0x2bc830a3;
    private const int ChecksumLength = 6;
    private const int MaximumLength = 90;
    private static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    public static string Encode(string prefix, int version, ReadOnlySpan<byte> program)
    {
        List<byte> values = [(byte)version, .. Regroup(program, 8, 5, pad: true)!];
        uint checksum = Polymod([.. Expand(prefix), .. values, 0, 0, 0, 0, 0, 0]) ^ ConstantOf(version);
        for (int i = ChecksumLength - 1; i >= 0; i--)
            values.Add((byte)((checksum >> (5 * i)) & 31));
        StringBuilder text = new(prefix + "1");
        foreach (byte value in values)
            text.Append(Alphabet[value]);
        return text.ToString();
    }

    /// <summary>The witness program of an address with this prefix, or null for any other text.</summary>
    public static (int Version, byte[] Program)? Decode(string prefix, string text)
    {
        string lower = text.ToLowerInvariant();
        bool mixedCase = text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper);
        if (mixedCase || text.Length > MaximumLength || !lower.StartsWith(prefix + "1", StringComparison.Ordinal))
            return null;
        byte[]? values = Values(lower.AsSpan(prefix.Length + 1));
        if (values is null || values.Length < ChecksumLength + 1)
            return null;
        int version = values[0];
        if (version > 16 || Polymod([.. Expand(prefix), .. values]) != ConstantOf(version))
            return null;
        byte[]? program = Regroup(values.AsSpan(1..^ChecksumLength), 5, 8, pad: false);
        bool fits = program is { Length: >= 2 and <= 40 } && (version != 0 || program.Length is 20 or 32);
        return fits ? (version, program!) : null;
    }

    private static uint ConstantOf(int version) => version == 0 ? Bech32Constant : Bech32mConstant;

    private static byte[]? Values(ReadOnlySpan<char> text)
    {
        byte[] values = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            int value = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (value < 0)
                return null;
            values[i] = (byte)value;
        }
        return values;
    }

    private static IEnumerable<byte> Expand(string prefix) =>
        [.. prefix.Select(c => (byte)(c >> 5)), 0, .. prefix.Select(c => (byte)(c & 31))];

    private static uint Polymod(IEnumerable<byte> values)
    {
        uint checksum = 1;
        foreach (byte value in values)
        {
            uint top = checksum >> 25;
            checksum = ((checksum & 0x1ffffff) << 5) ^ value;
            for (int i = 0; i < Generator.Length; i++)
                if (((top >> i) & 1) == 1)
                    checksum ^= Generator[i];
        }
        return checksum;
    }

    /// <summary>
    /// Groups of <paramref name="from"/> bits as groups of <paramref name="to"/>; null if padding is not zero or too
    /// long.
    /// </summary>
    private static byte[]? Regroup(ReadOnlySpan<byte> groups, int from, int to, bool pad)
    {
        int bits = 0, waiting = 0;
        List<byte> regrouped = [];
        foreach (byte group in groups)
        {
            bits = ((bits << from) | group) & 0xfff;
            for (waiting += from; waiting >= to; waiting -= to)
                regrouped.Add((byte)((bits >> (waiting - to)) & ((1 << to) - 1)));
        }
        int left = bits & ((1 << waiting) - 1);
        if (!pad)
            return waiting >= from || left != 0 ? null : [.. regrouped];
        if (waiting > 0)
            regrouped.Add((byte)(left << (to - waiting)));
        return [.. regrouped];
    }
}
