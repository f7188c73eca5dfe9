using System.Security.Cryptography;

namespace CoinPay.Functions.Platform;

/// <summary>
/// Public ids: a prefix, <c>_</c>, and 26 characters of Crockford base32 in lower case, 48 bits of milliseconds and then
/// 80 random bits (the layout of a ULID), so that ids sort by creation time.
/// </summary>
internal static class Id
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TimeLength = 10;
    private const int RandomBytes = 10;
    private const int UniqueLength = 26;

    /// <summary>Creates an id such as <c>inv_01jd…</c>, with random bits from the operating system or <paramref name="random"/>.</summary>
    public static string New(string prefix, DateTimeOffset at, RandomNumberGenerator? random = null)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes];
        if (random is null)
            RandomNumberGenerator.Fill(bytes);
        else
            random.GetBytes(bytes);
        return Of(prefix, at, bytes);
    }

    /// <summary>Creates a deterministic id, whose unique part is a hash of <paramref name="cause"/>.</summary>
    public static string Derived(string prefix, DateTimeOffset at, string cause) =>
        Of(prefix, at, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(prefix + "!" + cause)).AsSpan(0, RandomBytes));

    /// <summary>Whether the text has the format of an id with this prefix; does not check that the id exists.</summary>
    public static bool IsWellFormed(string prefix, string? id) =>
        id is not null
        && id.Length == prefix.Length + 1 + UniqueLength
        && id.StartsWith(prefix, StringComparison.Ordinal)
        && id[prefix.Length] == '_'
        && id.AsSpan(prefix.Length + 1).IndexOfAnyExcept(Alphabet) < 0;

    /// <summary>Returns the id if it has this prefix, otherwise null.</summary>
    public static string? OfKind(string prefix, string id) => id.StartsWith(prefix + "_", StringComparison.Ordinal) ? id : null;

    /// <summary>Returns the instant at which an id was created, to the millisecond.</summary>
    public static DateTimeOffset TimeOf(string id)
    {
        long milliseconds = 0;
        foreach (char c in id.AsSpan(id.IndexOf('_', StringComparison.Ordinal) + 1, TimeLength))
            milliseconds = (milliseconds << 5) | (uint)Alphabet.IndexOf(c, StringComparison.Ordinal);
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>Returns a row key by which ids sort newest first. Its own inverse, except for the prefix.</summary>
    public static string NewestFirst(string id) =>
        string.Create(UniqueLength, id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..], static (inverted, unique) =>
        {
            for (int i = 0; i < inverted.Length; i++)
                inverted[i] = Alphabet[31 - Alphabet.IndexOf(unique[i], StringComparison.Ordinal)];
        });

    /// <summary>Returns the lower bound for the sortable part of ids created at or after an instant.</summary>
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
