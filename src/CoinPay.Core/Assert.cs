using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CoinPay.Core;

/// <summary>Checks a condition that only a bug of ours can break. Always on.</summary>
public static class Assert
{
    /// <summary>Throws <see cref="BugException"/> when the condition does not hold.</summary>
    public static void That(
        [DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? expectation = null)
    {
        if (!condition)
            throw new BugException("expected " + expectation);
    }
}

/// <summary>A bug in the program, not bad input or an outside failure.</summary>
public sealed class BugException(string message) : Exception(message);
