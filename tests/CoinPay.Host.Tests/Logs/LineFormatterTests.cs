using CoinPay.Host.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CoinPay.Host.Tests.Logs;

public sealed class LineFormatterTests
{
    [Theory]
    [InlineData(null, " fail Some.Category [AdvanceInvoice i1] first⏎second | System.FormatException: bad")]
    [InlineData("inv_1", " fail Some.Category [AdvanceInvoice i1 inv_1] first⏎second | System.FormatException: bad")]
    public void A_logged_event_is_one_line_with_function_invocation_and_instance(string? instance, string expected)
    {
        LoggerExternalScopeProvider scopes = new();
        using (scopes.Push(new InvocationScope("AdvanceInvoice", "i1", instance)))
            Assert.EndsWith(expected + "\n", Write("first\nsecond", new FormatException("bad"), scopes).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_without_a_text_is_no_line() => Assert.Empty(Write("", failure: null, new()));

    private static string Write(string message, Exception? failure, LoggerExternalScopeProvider scopes)
    {
        using StringWriter text = new();
        LogEntry<string> entry = new(LogLevel.Error, "Some.Category", default, message, failure, (state, _) => state);
        new LineFormatter().Write(entry, scopes, text);
        return text.ToString();
    }
}
