using System.Text;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Testing.Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>What an Idempotency-Key stands for, in memory, on a clock that the test moves.</summary>
public sealed class IdempotencyStoreTests(AppServices app) : IClassFixture<AppServices>
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly string _merchant = Id.New("mer", DateTimeOffset.UtcNow);

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private IdempotencyKey Key => new(_merchant, "CreateInvoice", "key");

    private IdempotencyStore Store => new(app.Tables, _clock);

    [Fact]
    public async Task The_first_goes_on_a_twin_waits_and_another_body_is_refused()
    {
        Assert.True(Assert.IsType<Granted>(await ClaimAsync("inv_a", "body")).IsFirst);
        Assert.Equal("inv_a", Assert.IsType<InFlight>(await ClaimAsync("inv_b", "body")).ResourceId);
        Assert.IsType<Reused>(await ClaimAsync("inv_c", "other"));
    }

    [Fact]
    public async Task After_a_crash_the_retry_works_on_the_same_id_and_only_one_of_two()
    {
        await ClaimAsync("inv_a", "body");
        _clock.Advance(TimeSpan.FromSeconds(6));

        Granted retry = Assert.IsType<Granted>(await ClaimAsync("inv_b", "body"));
        Assert.Equal(("inv_a", false), (retry.ResourceId, retry.IsFirst));
        Assert.IsType<InFlight>(await ClaimAsync("inv_c", "body"));
    }

    [Fact]
    public async Task What_may_have_been_done_is_carried_on_under_its_id_and_what_was_not_is_forgotten()
    {
        Idempotency idempotency = app.Get<Idempotency>();
        async Task<string> RunAsync(string key, string body, ProblemException? ending)
        {
            string given = "";
            DefaultHttpContext context = new();
            context.Request.Headers[IdempotencyKey.Header] = key;
            Task<JsonAnswer> work = idempotency.RunAsync(
                context.Request, (_merchant, "Flush"), Encoding.UTF8.GetBytes(body), "flu",
                id => (given = id, ending is null ? Task.FromResult(JsonAnswer.Ok(new { })) : Task.FromException<JsonAnswer>(ending)).Item2,
                TimeSpan.FromMinutes(5), CancellationToken.None);
            if (await Record.ExceptionAsync(() => work) is ProblemException other && other != ending)
                throw other;
            return given;
        }
        Problem pending = Problems.FlushPending("0x1 is not mined yet");

        string first = await RunAsync("sent", "{}", new(pending, mayHaveActed: true));
        Assert.Equal(first, await RunAsync("sent", "{}", new(pending, mayHaveActed: true)));
        Assert.Equal(
            ProblemKinds.IdempotencyKeyReused,
            (await Assert.ThrowsAsync<ProblemException>(() => RunAsync("sent", """{"other":1}""", null))).Problem.Kind);
        Assert.Equal(first, await RunAsync("sent", "{}", null));
        Assert.Equal("", await RunAsync("sent", "{}", null));
        Assert.NotEqual(
            await RunAsync("not-sent", "{}", new(Problems.GasTooExpensive("11 gwei"))), await RunAsync("not-sent", """{"other":1}""", null));
    }

    [Fact]
    public async Task A_claim_whose_request_died_long_ago_gets_a_new_id_once()
    {
        await ClaimAsync("inv_a", "body");
        _clock.Advance(TimeSpan.FromMinutes(10));
        Granted late = Assert.IsType<Granted>(await ClaimAsync("inv_b", "body"));

        Assert.True(await RenewAsync(late, "inv_b"));
        Assert.False(await RenewAsync(late, "inv_c"));
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("inv_b", (await ClaimAsync("inv_d", "body")).ResourceId);
        Assert.IsType<Reused>(await ClaimAsync("inv_e", "other"));
    }

    [Fact]
    public async Task A_key_is_free_again_when_it_was_released_and_when_its_day_is_over()
    {
        Granted first = Assert.IsType<Granted>(await ClaimAsync("inv_a", "body"));
        await Store.ReleaseAsync(Key, first, CancellationToken.None);
        Granted second = Assert.IsType<Granted>(await ClaimAsync("inv_b", "other"));
        Assert.Equal(("inv_b", true), (second.ResourceId, second.IsFirst));

        Assert.True(await Store.AnswerAsync(Key, second, 201, [7], CancellationToken.None));
        Answered answered = Assert.IsType<Answered>(await ClaimAsync("inv_c", "other"));
        Assert.Equal(("inv_b", 201, 7), (answered.ResourceId, answered.Status, answered.Sealed[0]));
        _clock.Advance(IdempotencyStore.Kept);
        Granted third = Assert.IsType<Granted>(await ClaimAsync("inv_d", "body"));
        Assert.Equal(("inv_d", true), (third.ResourceId, third.IsFirst));
        Assert.False(await Store.AnswerAsync(Key, second, 201, [8], CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"c":"x","d":[1,2]}}""", """ { "b" : {"d":[1,2],"c":"x"}, "a":1 }""", true)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":"1"}""", """{"a":1}""", false)]
    public void Bodies_are_the_same_when_they_mean_the_same(string one, string other, bool same) =>
        Assert.Equal(same, Hash(one) == Hash(other));

    private static string Hash(string body) => CanonicalJson.Hash(Encoding.UTF8.GetBytes(body));

    private Task<IdempotencyClaim> ClaimAsync(string newId, string body) =>
        Store.ClaimAsync(Key, Encoding.UTF8.GetBytes($$"""{"is":"{{body}}"}"""), newId, Lease, CancellationToken.None);

    private Task<bool> RenewAsync(Granted claim, string newId) =>
        Store.RenewAsync(Key, claim, newId, CancellationToken.None);
}
