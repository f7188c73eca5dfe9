using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CoinPay.Core;

/// <summary>What can only be false by a bug of ours. Always on.</summary>
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

/// <summary>The program is wrong, not its input and not the world.</summary>
public sealed class BugException(string message) : Exception(message);
