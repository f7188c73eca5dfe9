using System.Security.Cryptography;

namespace CoinPay.Simulation.Runtime;

/// <summary>Random numbers derived from a seed, the same on every machine and version (SplitMix64).</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong mixed = _state += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Both ends are inclusive.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>Returns one of the choices, in proportion to its weight.</summary>
    public T Of<T>(IReadOnlyList<(int Weight, T Choice)> choices)
    {
        int left = Below(choices.Sum(choice => choice.Weight));
        foreach ((int weight, T choice) in choices)
            if ((left -= weight) < 0)
                return choice;
        throw new InvalidOperationException("no weight");
    }

    /// <summary>Independent of what is drawn from this one later.</summary>
    public Dice Fork() => new(Next());

    public string Hex(int bytes)
    {
        byte[] drawn = new byte[bytes];
        Fill(drawn);
        return Convert.ToHexStringLower(drawn);
    }

    public void Fill(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)Next();
    }
}

/// <summary>The source of the app's ids in a simulation.</summary>
internal sealed class SeededNumbers(Dice dice) : RandomNumberGenerator
{
    public override void GetBytes(byte[] data) => dice.Fill(data);

    public override void GetBytes(Span<byte> data) => dice.Fill(data);
}
