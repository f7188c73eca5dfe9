using System.Security.Cryptography;

namespace CoinPay.Functions.Platform;

/// <summary>
/// Public ids: a prefix, <c>_</c>, and 26 characters of Crockford base32 in lower case, 48 bits of milliseconds and then
/// 80 random bits (the layout of a ULID), so that ids sort by the instant they were made at.
/// </summary>
internal static class Id
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TimeLength = 10;
    private const int RandomBytes = 10;
    private const int UniqueLength = 26;

    /// <summary>A new id, for instance <c>inv_01jd…</c>, from the operating system's random numbers or those of <paramref name="random"/>.</summary>
    public static string New(string prefix, DateTimeOffset at, RandomNumberGenerator? random = null)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes];
        if (random is null)
            RandomNumberGenerator.Fill(bytes);
        else
            random.GetBytes(bytes);
        return Of(prefix, at, bytes);
    }

    /// <summary>The same id whenever it is asked for again: its unique part comes from a hash of <paramref name="cause"/>.</summary>
    public static string Derived(string prefix, DateTimeOffset at, string cause) =>
        Of(prefix, at, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(prefix + "!" + cause)).AsSpan(0, RandomBytes));

    /// <summary>Whether the text has the form of an id with this prefix; says nothing about its existence.</summary>
    public static bool IsWellFormed(string prefix, string? id) =>
        id is not null
        && id.Length == prefix.Length + 1 + UniqueLength
        && id.StartsWith(prefix, StringComparison.Ordinal)
        && id[prefix.Length] == '_'
        && id.AsSpan(prefix.Length + 1).IndexOfAnyExcept(Alphabet) < 0;

    /// <summary>The id, if it is of what this prefix stands for; null otherwise.</summary>
    public static string? OfKind(string prefix, string id) => id.StartsWith(prefix + "_", StringComparison.Ordinal) ? id : null;

    /// <summary>The instant an id was made at, to the millisecond.</summary>
    public static DateTimeOffset TimeOf(string id)
    {
        long milliseconds = 0;
        foreach (char c in id.AsSpan(id.IndexOf('_', StringComparison.Ordinal) + 1, TimeLength))
            milliseconds = (milliseconds << 5) | (uint)Alphabet.IndexOf(c, StringComparison.Ordinal);
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>A row key under which ids sort newest first. Its own inverse, prefix aside.</summary>
    public static string NewestFirst(string id) =>
        string.Create(UniqueLength, id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..], static (inverted, unique) =>
        {
            for (int i = 0; i < inverted.Length; i++)
                inverted[i] = Alphabet[31 - Alphabet.IndexOf(unique[i], StringComparison.Ordinal)];
        });

    /// <summary>The sortable part that every id made at or after this instant is at or above.</summary>
    public static string TimePrefix(DateTimeOffset at) => Base32(at.ToUnixTimeMilliseconds());

    private static string Of(string prefix, DateTimeOffset at, ReadOnlySpan<byte> random)
    {
        Int128 bits = 0;
        foreach (byte b in random)
            bits = (bits << 8) | b;
        Span<char> unique = stackalloc char[16];
        for (int i = unique.Length - 1; i >= 0; i--, bits >>= 5)
            unique[i] = Alphabet[(int)(bits & 31)];
        return $"{prefix}_{Base32(at.ToUnixTimeMilliseconds())}{unique}";
    }

    private static string Base32(long milliseconds) =>
        string.Create(TimeLength, milliseconds, static (text, value) =>
        {
            for (int i = text.Length - 1; i >= 0; i--, value >>= 5)
                text[i] = Alphabet[(int)(value & 31)];
        });
}
