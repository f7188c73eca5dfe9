using System.Runtime.CompilerServices;

namespace CoinPay.Simulation.Checks;

/// <summary>An invariant does not hold: the app, or the simulation, is wrong.</summary>
internal sealed class SimulationException(string message) : Exception(message);

/// <summary>A condition that must always hold. Checked so often that the message is built only on failure.</summary>
internal static class Invariant
{
    public static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds)
            throw new SimulationException(otherwise.Text);
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new SimulationException(otherwise);
    }
}

/// <summary>The message for a broken invariant; nothing while it holds.</summary>
[InterpolatedStringHandler]
internal ref struct Otherwise
{
    private DefaultInterpolatedStringHandler _text;

    public Otherwise(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        _text = holds ? default : new(literalLength, formattedCount);
    }

    public string Text => _text.ToStringAndClear();

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value, string? format = null) => _text.AppendFormatted(value, format);
}
