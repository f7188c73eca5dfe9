using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>POSTs one event to one endpoint and returns the outcome. Never throws because of the endpoint.</summary>
internal sealed class WebhookSender(HttpClient http, WebhookTargets targets, SecretBox box, TimeProvider clock)
{
    /// <summary>The time limit from the first byte sent to the last byte read.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);

    /// <summary>The number of bytes of a response that are read and kept.</summary>
    public const int KeptBytes = 1024;

    public async Task<DeliveryAttempt> SendAsync(
        WebhookEndpoint endpoint, GatewayEvent happened, CancellationToken cancellation)
    {
        // Rounded to the millisecond like the stored row: the value read back must equal the one decided on.
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (targets.Refusal(endpoint.Url.AbsoluteUri) is { } refusal)
            return new(at, LatencyMs: 0, Status: null, "not sent: " + refusal, RetryAfterSeconds: null);
        long began = clock.GetTimestamp();
        using HttpRequestMessage request = await RequestAsync(endpoint, happened, at, cancellation);
        using CancellationTokenSource silence = new(TimeLimit, clock);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        try
        {
            using HttpResponseMessage response =
                await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            int latency = Since(began);
            string answer = await FirstOfAsync(response, limit.Token);
            return new(at, latency, (int)response.StatusCode, answer, RetryAfterOf(response, at));
        }
        catch (Exception failure) when (ReasonOf(failure, cancellation) is { } reason)
        {
            return new(at, Since(began), Status: null, reason, RetryAfterSeconds: null);
        }
    }

    /// <summary>Returns the elapsed milliseconds.</summary>
    private int Since(long began) => (int)clock.GetElapsedTime(began).TotalMilliseconds;

    private async Task<HttpRequestMessage> RequestAsync(
        WebhookEndpoint endpoint, GatewayEvent happened, DateTimeOffset at, CancellationToken cancellation)
    {
        byte[] body = Encoding.UTF8.GetBytes(happened.Body);
        HttpRequestMessage request = new(HttpMethod.Post, endpoint.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("CoinPay-Webhooks", "1"));
        request.Headers.Add(StandardWebhook.IdHeader, happened.Id);
        request.Headers.Add(StandardWebhook.TimestampHeader, StandardWebhook.Seconds(at));
        request.Headers.Add(
            StandardWebhook.SignatureHeader, await SignaturesAsync(endpoint, happened.Id, at, body, cancellation));
        return request;
    }

    /// <summary>Returns one signature per active secret, separated by spaces.</summary>
    private async Task<string> SignaturesAsync(
        WebhookEndpoint endpoint, string id, DateTimeOffset at, byte[] body, CancellationToken cancellation)
    {
        List<string> signatures = [];
        foreach (byte[] sealedSecret in endpoint.SealedSecretsAt(at))
        {
            byte[] secret = await box.OpenAsync(endpoint.SecretPurpose, sealedSecret, cancellation);
            signatures.Add(StandardWebhook.Sign(secret, id, at, body));
        }
        return string.Join(' ', signatures);
    }

    private static async Task<string> FirstOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        byte[] buffer = new byte[KeptBytes];
        try
        {
            using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            // The status has arrived, and only the status counts.
            return "";
        }
    }

    private static int? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => null,
        };
        return wait is { } time
            ? (int)Math.Clamp(time.TotalSeconds, 0, DeliverySchedule.LongestRetryAfter.TotalSeconds)
            : null;
    }

    /// <summary>Returns why there was no response, or null if the failure is not the endpoint's fault.</summary>
    private static string? ReasonOf(Exception failure, CancellationToken cancellation) => failure switch
    {
        OperationCanceledException when !cancellation.IsCancellationRequested =>
            $"no answer within {TimeLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s",
        HttpRequestException { InnerException: AddressRefusedException refused } => refused.Message,
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } known =>
            known.HttpRequestError.ToString(),
        HttpRequestException => "the connection failed",
        _ => null,
    };
}
