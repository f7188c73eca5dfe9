using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

/// <summary>
/// kill -9 of the gateway in the middle of 500 deliveries, while an endpoint that has received one has not answered yet.
/// COINPAY_DELIVERY_KILLS says how often (scripts/soak.sh: 10), COINPAY_SEED repeats a run's moments.
/// </summary>
public sealed class DeliveryKillTests(AzuriteStorage storage, ITestOutputHelper output) : IClassFixture<AzuriteStorage>
{
    private const int Endpoints = 10;
    private const int Events = 50;
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("COINPAY_DELIVERY_KILLS") ?? "0");
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("COINPAY_SEED") ?? $"{Environment.TickCount}");

    /// <summary>What a killed process had in hand is overdue after two minutes, and the sweeper comes every minute.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Every_delivery_arrives_under_its_id()
    {
        Assert.SkipWhen(Kills == 0, "what a killed process had in hand is sent again after two to three minutes: scripts/soak.sh has the time for it");
        output.WriteLine($"COINPAY_SEED={Seed} COINPAY_DELIVERY_KILLS={Kills}");
        Random random = new(Seed);
        await using AnsweringEndpoint shops = await AnsweringEndpoint.StartAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(storage.ConnectionString, new Dictionary<string, string?>());
        await using Edge edge = await Edge.StartAsync(storage);
        (string merchant, string key) = await edge.MerchantAsync();
        for (int number = 0; number < Endpoints; number++)
            await edge.EndpointAsync(key, new(shops.Url, $"/shop{number}"));

        Dictionary<string, string> bodies = new(StringComparer.Ordinal);
        for (int kill = 1; kill <= Kills; kill++)
        {
            Task struck = StrikeAt(shops, shops.Posts.Count + random.Next(20, Events * Endpoints - 20));
            Task publishing = PublishAsync(edge, merchant, bodies);
            await UntilAsync(() => struck.IsCompleted, gateway, () => $"{Arrived(shops)} before kill {kill}");
            await gateway.KillAsync();
            await publishing;
            await gateway.StartAsync();
        }

        int deliveries = Kills * Events * Endpoints;
        await UntilAsync(() => Arrived(shops) == deliveries, gateway, () => $"{Arrived(shops)} of {deliveries} after {Kills} kills");
        await UntilAsync(
            () => shops.Posts.Count >= deliveries + Kills, gateway, () => $"{shops.Posts.Count} POSTs: what was not answered comes again");
        Assert.All(shops.Posts, post => Assert.Equal(bodies[post.Id], post.Body));
        output.WriteLine($"{shops.Posts.Count} POSTs for {deliveries} deliveries");
    }

    /// <summary>Ends when so many POSTs have come; that one is never answered, the others after a moment.</summary>
    private static Task StrikeAt(AnsweringEndpoint shops, int count)
    {
        TaskCompletionSource struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int answered = shops.Posts.Count;
        shops.Answer = async context =>
        {
            bool isStruck = Interlocked.Increment(ref answered) == count;
            if (isStruck)
                struck.SetResult();
            await Task.Delay(isStruck ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(20), context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        };
        return struck.Task;
    }

    private static async Task PublishAsync(Edge edge, string merchant, Dictionary<string, string> bodies)
    {
        for (int number = 0; number < Events; number++)
        {
            edge.Clock.SetUtcNow(DateTimeOffset.UtcNow);
            GatewayEvent happened = DeliveryWorld.EventOf(edge, merchant);
            bodies.Add(happened.Id, happened.Body);
            await edge.Get<EventPublisher>().PublishAsync(happened, default);
        }
    }

    /// <summary>Deliveries that came, whether once or more often.</summary>
    private static int Arrived(AnsweringEndpoint shops) => shops.Posts.Select(post => (post.Path, post.Id)).Distinct().Count();

    private static async Task UntilAsync(Func<bool> isSo, GatewayProcess gateway, Func<string> what)
    {
        for (DateTime until = DateTime.UtcNow + Patience; !isSo(); await Task.Delay(50))
            if (DateTime.UtcNow > until)
                Assert.Fail($"waited {Patience}: {what()}\n{await gateway.ExplainAsync(what())}");
    }
}
