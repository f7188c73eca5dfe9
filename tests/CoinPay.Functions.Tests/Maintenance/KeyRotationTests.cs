using System.Net;
using System.Security.Cryptography;
using System.Text;
using CoinPay.Core;
using CoinPay.Functions.Maintenance;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Tests.Webhooks;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Functions.Tests.Maintenance;

/// <summary>The gateway's own keys change under it, and nothing that merchants hold stops working.</summary>
public sealed class KeyRotationTests
{
    private const string NewPepper = "another-pepper-of-a-test-0123456789";
    private static readonly string NewSecretsKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, SecretBox.KeyBytes).ToArray());

    [Fact]
    public async Task An_API_key_works_under_the_previous_pepper_and_moves_to_the_new_one_when_it_is_used()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Secrets.Rotate(SecretName.KeyPepper, NewPepper);
        shop.Secrets.ForgetAll();
        (await UseAsync(shop.Edge, shop.Key)).Expect(HttpStatusCode.OK);

        shop.Secrets.Remove(SecretName.PreviousOf(SecretName.KeyPepper));
        shop.Secrets.ForgetAll();
        (await UseAsync(shop.Edge, shop.Key)).Expect(HttpStatusCode.OK);
        await shop.RestartAsync();
        (await UseAsync(shop.Edge, shop.Key)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_that_was_not_used_in_between_ends_with_its_pepper()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Secrets[SecretName.KeyPepper] = NewPepper;
        shop.Secrets.ForgetAll();
        (await UseAsync(shop.Edge, shop.Key)).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    /// <summary>Each process remembers secrets for minutes: one hears of a rotation before the other does.</summary>
    [Fact]
    public async Task A_process_that_has_not_heard_of_a_rotation_asks_when_it_meets_what_another_made_with_the_new_key()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        KnownSecrets late = KnownSecrets.OfAGateway();
        await using Edge other = await shop.EdgeAsync(secrets: late);
        (await UseAsync(other, shop.Key)).Expect(HttpStatusCode.OK);
        foreach (KnownSecrets secrets in new[] { shop.Secrets, late })
        {
            secrets.Rotate(SecretName.KeyPepper, NewPepper);
            secrets.Rotate(SecretName.SecretsKey, NewSecretsKey);
        }
        shop.Secrets.ForgetAll();
        (await UseAsync(shop.Edge, shop.Key)).Expect(HttpStatusCode.OK);
        byte[] box = await shop.Edge.Get<SecretBox>().SealAsync("p", Encoding.UTF8.GetBytes("plain"), default);
        shop.Pass(ShortMemory.OfRows);

        (await UseAsync(other, shop.Key)).Expect(HttpStatusCode.OK);
        Assert.Equal("plain", Encoding.UTF8.GetString(await other.Get<SecretBox>().OpenAsync("p", box, default)));
    }

    [Fact]
    public async Task Webhook_secrets_are_sealed_anew_and_need_the_previous_key_no_more()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        string newest = (await SecretRotationTests.RotateAsync(shop)).Expect(HttpStatusCode.OK)["secret"]!;
        shop.Secrets.Rotate(SecretName.SecretsKey, NewSecretsKey);
        shop.Secrets.ForgetAll();
        await shop.PublishAsync();
        await shop.DeliverAsync();
        Assert.Equal(2, shop.Internet.Sent[^1].Signature.Split(' ').Length);

        await shop.Edge.Function<FinishRotation>().Run(new(), default);
        shop.Secrets.Remove(SecretName.PreviousOf(SecretName.SecretsKey));
        await shop.RestartAsync();
        shop.Secrets.ForgetAll();
        await shop.PublishAsync();
        await shop.DeliverAsync();
        foreach (string secret in new[] { newest, shop.Secret })
            Assert.True(Verifies(shop, shop.Internet.Sent[^1], secret));
    }

    [Fact]
    public async Task The_operators_old_key_ends_with_the_rotation()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Secrets[SecretName.OperatorKey] = "another-operator-key-0123456789";
        Assert.Equal(HttpStatusCode.Created, (await shop.Edge.CreateMerchantAsync(new { name = "Before" })).Status);
        shop.Secrets.ForgetAll();
        (await shop.Edge.CreateMerchantAsync(new { name = "After" })).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_box_of_the_first_format_opens_with_the_current_and_the_previous_key_and_with_no_other()
    {
        KnownSecrets secrets = KnownSecrets.OfAGateway();
        SecretBox box = new(secrets);
        byte[] old = FirstFormat("p", "plain");
        Assert.Equal("plain", await OpenAsync(box, "p", old));
        secrets.Rotate(SecretName.SecretsKey, NewSecretsKey);
        secrets.ForgetAll();
        Assert.Equal("plain", await OpenAsync(box, "p", old));
        Assert.False(await box.IsCurrentAsync(old, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(box, "another row", old));
        secrets.Remove(SecretName.PreviousOf(SecretName.SecretsKey));
        secrets.ForgetAll();
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(box, "p", old));
    }

    [Fact]
    public async Task An_altered_or_foreign_box_does_not_open()
    {
        SecretBox box = new(KnownSecrets.OfAGateway());
        byte[] sealedText = await box.SealAsync("p", Encoding.UTF8.GetBytes("plain"), default);
        Assert.Equal("plain", await OpenAsync(box, "p", sealedText));
        for (int position = 0; position < sealedText.Length; position++)
        {
            byte[] altered = [.. sealedText];
            altered[position] ^= 1;
            await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(box, "p", altered));
            await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(box, "p", sealedText[..position]));
        }
        KnownSecrets others = KnownSecrets.OfAGateway();
        others[SecretName.SecretsKey] = NewSecretsKey;
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(new(others), "p", sealedText));
    }

    private static async Task<string> OpenAsync(SecretBox box, string purpose, byte[] sealedText) =>
        Encoding.UTF8.GetString(await box.OpenAsync(purpose, sealedText, default));

    /// <summary>As it was written before keys had names: format, nonce, tag, ciphertext; under the gateway's first key.</summary>
    private static byte[] FirstFormat(string purpose, string text)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(12), tag = new byte[16], hidden = new byte[text.Length];
        using AesGcm cipher = new(new byte[SecretBox.KeyBytes], tag.Length);
        cipher.Encrypt(nonce, Encoding.UTF8.GetBytes(text), hidden, tag, Encoding.UTF8.GetBytes(purpose));
        return [1, .. nonce, .. tag, .. hidden];
    }

    private static Task<EdgeAnswer> UseAsync(Edge edge, string key) =>
        edge.CallAsync<ListNetworks>((function, request) => function.Run(request, default), key);

    private static bool Verifies(MemoryShop shop, Sent sent, string secret) => StandardWebhook.Verify(
        StandardWebhook.ReadSecret(secret)!, sent.Id, sent.Timestamp, sent.Signature, Encoding.UTF8.GetBytes(sent.Body), shop.Now);
}
