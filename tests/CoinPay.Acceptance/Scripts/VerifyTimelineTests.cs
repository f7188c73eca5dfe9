using System.Diagnostics;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing;
using Xunit;

namespace CoinPay.Acceptance.Scripts;

/// <summary>The offline check of a timeline accepts what the gateway wrote and nothing else.</summary>
public sealed class VerifyTimelineTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_timeline_as_the_gateway_writes_it_is_verified()
    {
        (int code, string text) = Verify(Timeline(_ => { }));
        Assert.True(code == 0, text);
        Assert.Contains("3 events", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_amount_a_missing_event_and_a_renamed_one_are_found()
    {
        foreach (Action<List<Dictionary<string, object>>> forge in (Action<List<Dictionary<string, object>>>[])
        [
            events => events[1]["text"] = ((string)events[1]["text"]).Replace("12:00", "12:01", StringComparison.Ordinal),
            events => events.RemoveAt(1),
            events => events[2]["type"] = "invoice_expired",
            events => events[2]["at"] = At.AddHours(1),
            events => events.Clear(),
        ])
            Assert.Equal(1, Verify(Timeline(forge)).Code);
    }

    [Fact]
    public void What_is_no_timeline_is_said_to_be_none()
    {
        (int code, string text) = Verify("null");
        Assert.Equal((1, "NOT VERIFIED: it contains no events: is it the response of GET /v1/invoices/{id}/timeline?"), (code, text.TrimEnd()));
    }

    private static string Timeline(Action<List<Dictionary<string, object>>> forge)
    {
        string previous = Core.Timeline.Start;
        List<Dictionary<string, object>> events = [];
        foreach (InvoiceEvent happened in (InvoiceEvent[])[new PaymentDetected(At), new ConfirmationStarted(At), new InvoicePaid(At)])
        {
            string text = StoredJson.Write(happened);
            string hash = Core.Timeline.Hash(previous, events.Count + 1, text);
            events.Add(new(StringComparer.Ordinal)
            {
                ["version"] = events.Count + 1,
                ["type"] = happened.Name(),
                ["at"] = happened.At,
                ["text"] = text,
                ["previous_hash"] = previous,
                ["hash"] = hash,
            });
            previous = hash;
        }
        forge(events);
        return System.Text.Json.JsonSerializer.Serialize(new { invoice_id = "inv_1", data = events });
    }

    private static (int Code, string Text) Verify(string timeline)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, timeline);
            // As whoever saved it names it: from where it lies.
            ProcessStartInfo start = new("bash", [Path.Combine(RepositoryFiles.Root, "scripts/verify-timeline.sh"), Path.GetFileName(file)])
            {
                WorkingDirectory = Path.GetDirectoryName(file),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, text);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
