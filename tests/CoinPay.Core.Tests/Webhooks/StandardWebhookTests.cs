using System.Text;
using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core.Webhooks;

/// <summary>
/// The example of the Standard Webhooks specification and its reference libraries' tests.
/// Source: https://github.com/standard-webhooks/standard-webhooks (spec, "Signature scheme"; libraries' test suites)
/// </summary>
public sealed class StandardWebhookTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string MessageId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Body = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Fact]
    public void The_published_example_has_the_published_signature() =>
        Assert.Equal(Signature, StandardWebhook.Sign(Key, MessageId, At, Bytes(Body)));

    [Fact]
    public void A_right_signature_verifies_among_wrong_ones_of_a_rotation() =>
        Assert.True(Verify(signatures: $"v1,{new string('A', 43)}= v1a,zzz {Signature}"));

    [Fact]
    public void A_right_signature_that_comes_twice_verifies() => Assert.True(Verify(signatures: $"{Signature} {Signature}"));

    [Fact]
    public void A_changed_body_id_or_time_does_not_verify()
    {
        Assert.False(Verify(body: Body + " "));
        Assert.False(Verify(id: MessageId + "x"));
        Assert.False(Verify(timestamp: "1614265331"));
        Assert.False(Verify(signatures: ""));
        Assert.False(Verify(signatures: "v2" + Signature[2..]));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void A_message_older_or_newer_than_five_minutes_does_not_verify(int secondsOff, bool verifies) =>
        Assert.Equal(verifies, Verify(now: At.AddSeconds(secondsOff)));

    [Theory]
    [InlineData("")]
    [InlineData("-1614265330")]
    [InlineData("1614265330.5")]
    [InlineData("99999999999999999999")]
    public void A_timestamp_that_is_no_whole_number_does_not_verify(string timestamp) =>
        Assert.False(Verify(timestamp: timestamp));

    [Theory]
    [InlineData("whsec_AAAA")]
    [InlineData("whsec_not base64!")]
    [InlineData("")]
    public void A_secret_that_is_too_short_or_no_base64_is_refused(string text) =>
        Assert.Null(StandardWebhook.ReadSecret(text));

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_secret_has_24_to_64_bytes(int length, bool isOne)
    {
        byte[] bytes = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        Assert.Equal(isOne ? bytes : null, StandardWebhook.ReadSecret(StandardWebhook.WriteSecret(bytes)));
        Assert.Equal(isOne ? bytes : null, StandardWebhook.ReadSecret(Convert.ToBase64String(bytes)));
    }

    [Fact]
    public void A_secret_is_written_as_it_is_read() => Assert.Equal(Secret, StandardWebhook.WriteSecret(Key));

    private static byte[] Key => StandardWebhook.ReadSecret(Secret)!;

    private static bool Verify(
        string id = MessageId, string timestamp = "1614265330", string signatures = Signature, string body = Body,
        DateTimeOffset? now = null) =>
        StandardWebhook.Verify(Key, id, timestamp, signatures, Bytes(body), now ?? At);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
