using System.Net;
using System.Text;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class SecretRotationTests
{
    [Fact]
    public async Task Both_secrets_sign_for_a_day_and_then_the_new_one_alone()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        EdgeAnswer rotated = (await RotateAsync(shop)).Expect(HttpStatusCode.OK);
        string secret = rotated["secret"]!;
        Assert.NotEqual(shop.Secret, secret);
        Assert.Equal(Json.Time(shop.Now + TimeSpan.FromHours(24)), rotated["old_secret_signs_until"]);

        await shop.PublishAsync();
        await shop.DeliverAsync();
        Sent during = shop.Internet.Sent[^1];
        Assert.True(Verifies(shop, during, shop.Secret) && Verifies(shop, during, secret));
        Assert.Equal(2, during.Signature.Split(' ').Length);

        shop.Pass(TimeSpan.FromHours(24));
        await shop.RestartAsync();
        await shop.PublishAsync();
        await shop.DeliverAsync();
        Sent after = shop.Internet.Sent[^1];
        Assert.True(Verifies(shop, after, secret));
        Assert.False(Verifies(shop, after, shop.Secret));
        Assert.Equal("", (await shop.EndpointAsync())["old_secret_signs_until"]);
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_is_stored_nowhere()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        string secret = (await RotateAsync(shop))["secret"]!;

        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Null((await shop.EndpointAsync())["secret"]);
        string stored = await shop.Edge.DumpAsync();
        Assert.DoesNotContain(secret["whsec_".Length..], stored, StringComparison.Ordinal);
        Assert.DoesNotContain(shop.Secret["whsec_".Length..], stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rotation_that_is_cut_short_at_any_write_and_repeated_is_one_rotation(bool before)
    {
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            await using MemoryShop shop = await MemoryShop.StartAsync();
            StorageDeath death = new(deaths + 1, before);
            await using (Edge doomed = await shop.EdgeAsync(death))
                died = await Record.ExceptionAsync(() => RotateAsync(shop, "key", doomed)) is not null;
            shop.Pass(TimeSpan.FromMinutes(1));

            EdgeAnswer rotated = (await RotateAsync(shop, "key")).Expect(HttpStatusCode.OK);
            Assert.Equal(rotated.Text, (await RotateAsync(shop, "key")).Text);

            WebhookEndpoint stored = (await shop.Edge.Get<EndpointStore>().ReadAsync(shop.MerchantId, shop.EndpointId, default))!;
            Assert.Single(stored.RetiredSecrets);
            await shop.PublishAsync();
            await shop.DeliverAsync();
            Assert.True(Verifies(shop, shop.Internet.Sent[^1], shop.Secret));
            Assert.True(Verifies(shop, shop.Internet.Sent[^1], rotated["secret"]!));
        }
        Assert.True(deaths >= 3, $"{deaths} writes were tried: the claim, the endpoint, the answer");
    }

    [Fact]
    public async Task A_retired_secret_keeps_its_day_however_often_the_secret_is_rotated()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        for (int rotation = 0; rotation < SecretRotation.MaxRetired; rotation++)
            (await RotateAsync(shop)).Expect(HttpStatusCode.OK);
        (await RotateAsync(shop)).ExpectProblem((HttpStatusCode)422, "limit_reached");

        await shop.PublishAsync();
        await shop.DeliverAsync();
        Assert.True(Verifies(shop, shop.Internet.Sent[^1], shop.Secret));

        shop.Pass(TimeSpan.FromHours(24));
        (await RotateAsync(shop)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_merchants_secret_cannot_be_rotated_and_unknown_fields_are_refused()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        (_, string stranger) = await shop.Edge.MerchantAsync();

        (await shop.Edge.CallAsync<RotateWebhookSecret>(
            (function, request) => function.Run(request, shop.EndpointId, default), stranger))
            .ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await shop.CallAsync<RotateWebhookSecret>(
            (function, request) => function.Run(request, shop.EndpointId, default), new { secret = "mine" }))
            .ExpectProblem(HttpStatusCode.BadRequest, "unknown_field");
    }

    internal static Task<EdgeAnswer> RotateAsync(MemoryShop shop, string? key = null, Edge? on = null) =>
        shop.CallAsync<RotateWebhookSecret>(
            (function, request) => function.Run(request, shop.EndpointId, default), idempotencyKey: key, on: on);

    private static bool Verifies(MemoryShop shop, Sent sent, string secret) => StandardWebhook.Verify(
        StandardWebhook.ReadSecret(secret)!, sent.Id, sent.Timestamp, sent.Signature, Encoding.UTF8.GetBytes(sent.Body),
        shop.Now);
}
