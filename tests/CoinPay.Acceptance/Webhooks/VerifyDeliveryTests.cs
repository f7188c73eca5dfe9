using System.Diagnostics;
using System.Text;
using CoinPay.Core;
using CoinPay.Testing;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

/// <summary><c>scripts/listen.sh verify</c> takes a delivery as the gateway signs it, and says why it does not take another.</summary>
public sealed class VerifyDeliveryTests
{
    private const string Id = "evt_01jd0000000000000000000000";
    private const string Body = """{"id":"evt_01jd0000000000000000000000","type":"invoice.paid","data":{"order":"Müller"}}""";

    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];
    private static readonly byte[] OtherSecret = [.. Secret.Reverse()];

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task A_delivery_as_it_came_is_verified(string lineBreak) =>
        Assert.Equal((0, "Verified"), await VerifyAsync(Captured(lineBreak: lineBreak)));

    [Fact]
    public async Task A_delivery_signed_with_two_secrets_during_a_rotation_is_verified_with_either()
    {
        DateTimeOffset at = DateTimeOffset.UtcNow;
        string captured = Captured(signature: Signature(OtherSecret, at) + " " + Signature(Secret, at), at: at);
        Assert.Equal((0, "Verified"), await VerifyAsync(captured));
        Assert.Equal((0, "Verified"), await VerifyAsync(captured, secret: OtherSecret));
    }

    [Fact]
    public async Task Each_way_a_delivery_is_spoilt_has_its_reason()
    {
        Assert.Equal((1, "wrong secret"), await VerifyAsync(Captured(), "wrong secret", OtherSecret));
        Assert.Equal((1, "wrong secret, or the body was changed"), await VerifyAsync(
            Captured(body: Body.Replace("paid", "lost", StringComparison.Ordinal)), "wrong secret, or the body was changed"));
        Assert.Equal((1, "parsed and written again"), await VerifyAsync(
            Captured(body: Body.Replace(",", ", ", StringComparison.Ordinal).Replace(":", ": ", StringComparison.Ordinal)), "parsed and written again"));
        Assert.Equal((1, "a line break was added"), await VerifyAsync(Captured(body: Body + "\n"), "a line break was added"));
        Assert.Equal((1, "timestamp too old"), await VerifyAsync(Captured(at: DateTimeOffset.UtcNow.AddMinutes(-10)), "timestamp too old"));
        Assert.Equal((1, "timestamp in the future"), await VerifyAsync(Captured(at: DateTimeOffset.UtcNow.AddMinutes(10)), "timestamp in the future"));
        Assert.Equal((1, "header missing: webhook-signature"), await VerifyAsync(Captured(signature: ""), "header missing: webhook-signature"));
        Assert.Equal((1, "no v1 signature"), await VerifyAsync(Captured(signature: "v9,AAAA"), "no v1 signature"));
        Assert.Equal((1, "the headers to"), await VerifyAsync(Captured(body: Body.Replace("01jd", "01je", StringComparison.Ordinal)), "the headers to"));
        Assert.Equal((1, "not whole JSON"), await VerifyAsync(Captured(body: Body[..^1]), "not whole JSON"));
        Assert.Equal((1, "no empty line"), await VerifyAsync(Body, "no empty line"));
    }

    private static string Signature(byte[] secret, DateTimeOffset at) =>
        StandardWebhook.Sign(secret, Id, at, Encoding.UTF8.GetBytes(Body));

    /// <summary>A delivery of <see cref="Body"/> that was signed right, with what is given put in its place.</summary>
    private static string Captured(string? body = null, string? signature = null, DateTimeOffset? at = null, string lineBreak = "\n")
    {
        DateTimeOffset signedAt = at ?? DateTimeOffset.UtcNow;
        signature ??= Signature(Secret, signedAt);
        string[] head =
        [
            "POST /hook HTTP/1.1", "Host: shop.example", "Webhook-Id: " + Id,
            "webhook-timestamp: " + StandardWebhook.Seconds(signedAt), "webhook-signature: " + signature, "",
        ];
        return string.Join(lineBreak, head) + lineBreak + (body ?? Body);
    }

    private static async Task<(int Code, string Found)> VerifyAsync(string captured, string says = "Verified", byte[]? secret = null)
    {
        ProcessStartInfo start = new("bash", [Path.Combine(RepositoryFiles.Root, "scripts/listen.sh"), "verify", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["COINPAY_WEBHOOK_SECRET"] = StandardWebhook.WriteSecret(secret ?? Secret);
        using Process process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(captured));
        process.StandardInput.Close();
        string text = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text.Contains(says, StringComparison.Ordinal) ? says : text);
    }
}
