using System.Net;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Access;

/// <summary>What is noted of a key's use, and for how long its secrets are kept.</summary>
public sealed class KeyUseTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Fact]
    public async Task The_last_use_of_a_key_is_noted_to_the_hour()
    {
        await using Edge edge = await Edge.StartAsync(storage, clock: new FakeTimeProvider(DateTimeOffset.UtcNow));
        (string merchant, string key) = await edge.MerchantAsync();
        Assert.Null(await LastUseAsync(edge, merchant));
        DateTimeOffset first = edge.Clock.GetUtcNow();

        await UseAsync(edge, key);
        edge.Clock.Advance(TimeSpan.FromMinutes(59));
        await UseAsync(edge, key);
        Assert.Equal(Json.Time(first), await LastUseAsync(edge, merchant));

        edge.Clock.Advance(TimeSpan.FromMinutes(1));
        await UseAsync(edge, key);
        Assert.Equal(Json.Time(first.AddHours(1)), await LastUseAsync(edge, merchant));
    }

    [Fact]
    public async Task An_answer_with_a_secret_is_erased_after_a_day_and_no_sooner()
    {
        await using Edge edge = await Edge.StartAsync(storage, clock: new FakeTimeProvider(DateTimeOffset.UtcNow));
        object shop = new { name = "A shop to forget" };
        string key = Guid.NewGuid().ToString("N");
        EdgeAnswer first = (await edge.CreateMerchantAsync(shop, key)).Expect(HttpStatusCode.Created);

        edge.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        await edge.Get<IdempotencyStore>().EraseOldAsync(CancellationToken.None);
        Assert.Equal(first.Text, (await edge.CreateMerchantAsync(shop, key)).Text);

        edge.Clock.Advance(TimeSpan.FromSeconds(2));
        await edge.Get<IdempotencyStore>().EraseOldAsync(CancellationToken.None);
        Assert.NotEqual(first["id"], (await edge.CreateMerchantAsync(shop, key)).Expect(HttpStatusCode.Created)["id"]);
    }

    private static async Task UseAsync(Edge edge, string key) =>
        (await edge.CallAsync<ListNetworks>((function, request) => function.Run(request, default), key)).Expect(HttpStatusCode.OK);

    private static async Task<string?> LastUseAsync(Edge edge, string merchant)
    {
        EdgeAnswer keys = await edge.CallAsync<ListApiKeys>(
            (function, request) => function.Run(request, merchant, default), Edge.OperatorKey);
        return keys.Json.GetProperty("data")[0].GetProperty("last_used_at").GetString();
    }
}
