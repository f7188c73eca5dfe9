using System.Text;
using Azure.Storage.Queues;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class DeliveryTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Fact]
    public async Task A_delivery_carries_the_frozen_body_and_a_signature_that_verifies()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        await world.PublishAsync();
        await world.Edge.DeliverAllAsync();

        Post post = Assert.Single(world.Endpoint.Posts);
        Assert.Equal((world.Happened.Id, world.Happened.Body), (post.Id, post.Body));
        Assert.Equal("application/json; charset=utf-8", post.ContentType);
        byte[] secret = StandardWebhook.ReadSecret(world.Secret)!;
        Assert.True(StandardWebhook.Verify(
            secret, post.Id, post.Timestamp, post.Signature, Encoding.UTF8.GetBytes(post.Body),
            world.Edge.Clock.GetUtcNow()));
        Delivery delivery = await world.DeliveryAsync();
        Assert.Equal((DeliveryStatus.Delivered, 204), (delivery.Status, Assert.Single(delivery.Attempts).Status));
        Assert.False(await world.HasPointerAsync());
    }

    [Fact]
    public async Task A_message_that_comes_again_early_or_late_posts_nothing()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.AlwaysAnswer(500);
        await world.PublishAsync();
        await world.HandleAsync();
        await world.HandleAsync();
        Assert.Single(world.Endpoint.Posts);

        world.Endpoint.AlwaysAnswer(200);
        world.Edge.Clock.Advance(TimeSpan.FromSeconds(6));
        await world.HandleAsync();
        await world.HandleAsync();
        Assert.Equal(2, world.Endpoint.Posts.Count);
        Assert.Equal(world.Endpoint.Posts[0].Id, world.Endpoint.Posts[1].Id);
        Assert.Equal(DeliveryStatus.Delivered, (await world.DeliveryAsync()).Status);
    }

    [Fact]
    public async Task An_endpoint_that_fails_a_whole_schedule_is_disabled_and_the_others_are_told()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.AlwaysAnswer(503);
        await using AnsweringEndpoint other = await AnsweringEndpoint.StartAsync();
        await world.Edge.EndpointAsync(world.Key, other.Url, "endpoint.*");
        await world.PublishAsync();

        for (int attempt = 1; attempt <= DeliverySchedule.Delays.Count; attempt++)
        {
            world.Edge.Clock.SetUtcNow((await world.DeliveryAsync()).NextAttemptAt + TimeSpan.FromSeconds(1));
            await world.HandleAsync();
            Assert.Equal(attempt, world.Endpoint.Posts.Count);
        }
        await world.HandleAsync();
        await world.Edge.DeliverAllAsync();

        Assert.Equal(18, world.Endpoint.Posts.Count);
        Delivery dead = await world.DeliveryAsync();
        Assert.Equal((DeliveryStatus.Dead, 18), (dead.Status, dead.Attempts.Count));
        Assert.Equal("disabled", (await world.EndpointRowAsync()).StatusAt(world.Edge.Clock.GetUtcNow()));
        Post told = Assert.Single(other.Posts);
        Assert.Contains("\"type\":\"endpoint.disabled\"", told.Body, StringComparison.Ordinal);
        Assert.Contains(world.EndpointId, told.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_at_once_and_what_waits_for_it_is_cancelled()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.AlwaysAnswer(410);
        await world.PublishAsync();
        GatewayEvent second = DeliveryWorld.EventOf(world.Edge, world.MerchantId);
        await world.Edge.Get<EventPublisher>().PublishAsync(second, default);

        await world.HandleAsync();
        await world.HandleAsync(second.Id);

        Assert.Single(world.Endpoint.Posts);
        Assert.Equal(("gone", DeliveryStatus.Cancelled),
            ((await world.EndpointRowAsync()).DisabledReason, (await world.DeliveryAsync(second.Id)).Status));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Anything_but_success_is_a_failure_and_a_redirect_is_not_followed(int status)
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.AlwaysAnswer(status, ("Location", "/elsewhere"));
        await world.PublishAsync();
        await world.HandleAsync();

        Assert.Equal("/hook", Assert.Single(world.Endpoint.Posts).Path);
        Delivery delivery = await world.DeliveryAsync();
        Assert.Equal((DeliveryStatus.Pending, status), (delivery.Status, delivery.Attempts[0].Status));
        Assert.True(await world.HasPointerAsync());
    }

    [Fact]
    public async Task Retry_after_is_honoured_up_to_a_day()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.AlwaysAnswer(429, ("Retry-After", "90000000"));
        await world.PublishAsync();
        await world.HandleAsync();

        TimeSpan wait = (await world.DeliveryAsync()).NextAttemptAt - world.Edge.Clock.GetUtcNow();
        Assert.InRange(wait, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));
    }

    [Fact]
    public async Task The_first_KiB_of_an_endless_answer_is_kept()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.Answer = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string('z', 10_000), context.RequestAborted);
        };
        await world.PublishAsync();
        await world.HandleAsync();

        DeliveryAttempt attempt = Assert.Single((await world.DeliveryAsync()).Attempts);
        Assert.Equal((200, new string('z', 1024)), (attempt.Status, attempt.Answer));
    }

    [Fact]
    public async Task No_answer_within_fifteen_seconds_is_a_failure()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.Answer = context =>
        {
            world.Edge.Clock.Advance(TimeSpan.FromSeconds(14));
            Assert.False(context.RequestAborted.IsCancellationRequested);
            world.Edge.Clock.Advance(TimeSpan.FromSeconds(1));
            return Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted);
        };
        await world.PublishAsync();
        await world.HandleAsync();

        DeliveryAttempt attempt = Assert.Single((await world.DeliveryAsync()).Attempts);
        Assert.Equal((null, "no answer within 15 s"), (attempt.Status, attempt.Answer));
        Assert.Equal(15_000, attempt.LatencyMs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_write_of_a_delivery_loses_nothing(bool before)
    {
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
            world.Endpoint.AlwaysAnswer(500);
            await world.PublishAsync();
            await using (
                Edge doomed = await Edge.StartAsync(storage, new StorageDeath(deaths + 1, before), world.Edge.Clock))
                died = await Record.ExceptionAsync(
                    () =>
                        doomed.Get<DeliveryRun>().HandleAsync(
                            world.Address.ToString(), slow: false, default)) is not null;

            await world.HandleAsync();
            world.Endpoint.AlwaysAnswer(204);
            world.Edge.Clock.Advance(TimeSpan.FromMinutes(2));
            await world.HandleAsync();

            Assert.Equal(DeliveryStatus.Delivered, (await world.DeliveryAsync()).Status);
            Assert.Null((await world.EndpointRowAsync()).FailingSince);
            Assert.InRange(world.Endpoint.Posts.Count, 2, 3);
            Assert.False(await world.HasPointerAsync());
        }
        Assert.True(
            deaths >= 4, $"{deaths} writes were tried: the endpoint's health, the row, its pointer, the message");
    }

    [Fact]
    public async Task A_lost_message_is_found_by_the_sweeper()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        await world.PublishAsync();
        await world.Edge.Get<QueueServiceClient>().GetQueueClient(DeliveryQueue.Fast).ClearMessagesAsync();
        SweepDeliveries sweep = ActivatorUtilities.CreateInstance<SweepDeliveries>(world.Edge.Get<IServiceProvider>());

        await sweep.SweepAsync(default);
        await world.Edge.DeliverAllAsync();
        Assert.Empty(world.Endpoint.Posts);

        world.Edge.Clock.Advance(SweepDeliveries.Overdue + TimeSpan.FromSeconds(1));
        await sweep.SweepAsync(default);
        await world.Edge.DeliverAllAsync();
        Assert.Single(world.Endpoint.Posts);
    }

    [Fact]
    public async Task No_connection_is_made_to_this_machine_unless_development_allows_it()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        await world.PublishAsync();
        await using Edge strict = await Edge.StartAsync(
            storage, clock: world.Edge.Clock, settings: ("CoinPay:Webhooks:AllowLoopback", "false"));
        await strict.Get<DeliveryRun>().HandleAsync(world.Address.ToString(), slow: false, default);

        Assert.Empty(world.Endpoint.Posts);
        Assert.Equal("not sent: Not an address of this machine.", (await world.DeliveryAsync()).Attempts[0].Answer);
    }

    [Fact]
    public async Task A_third_delivery_to_one_endpoint_waits_for_the_first_two()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Endpoint.Answer = _ => release.Task;
        await world.PublishAsync();
        GatewayEvent[] more = [
            DeliveryWorld.EventOf(world.Edge, world.MerchantId),
            DeliveryWorld.EventOf(world.Edge, world.MerchantId)];
        foreach (GatewayEvent happened in more)
            await world.Edge.Get<EventPublisher>().PublishAsync(happened, default);

        Task first = world.HandleAsync(), second = world.HandleAsync(more[0].Id);
        while (world.Endpoint.Posts.Count < 2)
            await Task.Delay(20);
        Task third = world.HandleAsync(more[1].Id);
        while (!third.IsCompleted)
        {
            world.Edge.Clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(20);
        }
        Assert.Equal(2, world.Endpoint.Posts.Count);
        release.SetResult();
        await Task.WhenAll(first, second, third);

        Assert.Equal(2, world.Endpoint.Posts.Count);
        Assert.Empty((await world.DeliveryAsync(more[1].Id)).Attempts);
    }
}
