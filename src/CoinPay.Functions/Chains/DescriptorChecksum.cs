namespace CoinPay.Functions.Chains;

/// <summary>The eight characters after a descriptor's <c>#</c>. Source: BIP-380, "Checksum".</summary>
internal static class DescriptorChecksum
{
    private const string Inputs =
        "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    private const string Outputs = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int Length = 8;
    private static readonly ulong[] Generator = [0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd];

    /// <summary>The descriptor with its checksum; throws for a character that descriptors do not have.</summary>
    public static string Append(string descriptor)
    {
        List<int> symbols = [];
        List<int> groups = [];
        foreach (char c in descriptor)
        {
            int value = Inputs.IndexOf(c, StringComparison.Ordinal);
            if (value < 0)
                throw new ArgumentException($"'{c}' cannot stand in a descriptor.", nameof(descriptor));
            symbols.Add(value & 31);
            groups.Add(value >> 5);
            if (groups.Count == 3)
                symbols.Add(Flush(groups));
        }
        if (groups.Count > 0)
            symbols.Add(Flush(groups));
        ulong checksum = Polymod([.. symbols, .. new int[Length]]) ^ 1;
        return descriptor + "#" + string.Create(Length, checksum, static (text, sum) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = Outputs[(int)((sum >> (5 * (Length - 1 - i))) & 31)];
        });
    }

    private static int Flush(List<int> groups)
    {
        int symbol = groups.Aggregate(0, static (sum, group) => sum * 3 + group);
        groups.Clear();
        return symbol;
    }

    private static ulong Polymod(IEnumerable<int> symbols)
    {
        ulong checksum = 1;
        foreach (int symbol in symbols)
        {
            ulong top = checksum >> 35;
            checksum = ((checksum & 0x7ffffffff) << 5) ^ (ulong)symbol;
            for (int i = 0; i < Generator.Length; i++)
                if (((top >> i) & 1) == 1)
                    checksum ^= Generator[i];
        }
        return checksum;
    }
}
