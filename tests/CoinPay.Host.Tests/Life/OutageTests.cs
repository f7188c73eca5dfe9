using System.Net;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs.Specialized;
using CoinPay.Host.TestApp;
using CoinPay.Host.Tests.World;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>What breaks triggers, which the host outlives: a storage that goes away and comes back, a lock that is lost.</summary>
public sealed class OutageTests(TestStorage shared)
{
    private const int Lives = 3;

    [Theory]
    [InlineData("--out-of-process")]
    [InlineData]
    public async Task When_a_timer_loses_its_lock_all_triggers_start_again_and_what_ran_runs_again(params string[] options)
    {
        await using TestRun run = await TestRun.BeginAsync(shared);
        HostProcess host = await run.StartAsync(options);
        await run.Queue(Queues.Texts).SendMessageAsync("wait message");
        await run.WrittenAsync(Queues.Texts, "wait message 1");
        await host.PostAsync("/start/WaitingLife/life-/1");
        await run.WrittenAsync("life-0", "wait");

        BlobLeaseClient thief = run.LockOf("Seldom").GetBlobLeaseClient();
        await thief.BreakAsync(TimeSpan.Zero);
        await thief.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);
        await BreaksAsync(host, outage: 1);
        await host.IsReadyAsync();
        await run.WrittenAsync(Queues.Texts, "wait message 2");
        await run.OpenAsync("message");
        await run.WrittenAsync("message", "done");
        await run.OpenAsync("life-0");
        JsonNode ended = await host.EndAsync("life-0");
        Assert.Equal("Completed", (string?)ended["runtimeStatus"]);
        Assert.Equal(["wait", "wait"], await run.TextsAsync("life-0"));
    }

    [Fact]
    public async Task A_host_lives_through_outages_of_its_storage_and_goes_on_with_everything()
    {
        await using Azurite storage = await Azurite.StartAsync();
        await using TestRun run = await TestRun.BeginAsync(storage.ConnectionString);
        HostProcess host = await run.StartAsync(HostProcess.InProcess, ("Often", "*/2 * * * * *"));
        LivesUnderway lives = new(run, "life-", Lives);
        await lives.BeginAsync(host);

        await EndureAsync(storage, host, outage: 1);
        await lives.RaiseAsync(host, "Go");
        await lives.AllAsync(host, "Stop");
        await GoesOnAsync(run, host, "between");

        await EndureAsync(storage, host, outage: 2);
        await lives.RaiseAsync(host, "Stop");
        await lives.CompleteAsync(host);
        await GoesOnAsync(run, host, "after");

        await storage.KillAsync();
        await BreaksAsync(host, outage: 3);
        await host.SignalAsync("TERM");
        await host.HasEndedAsync();
        Assert.Equal(0, host.ExitCode);
    }

    /// <summary>Takes the storage away until a trigger breaks, and waits until the host is ready again.</summary>
    private static async Task EndureAsync(Azurite storage, HostProcess host, int outage)
    {
        await storage.KillAsync();
        await BreaksAsync(host, outage);
        Assert.Contains("\"storage\":\"unreachable\",\"hub\":\"stopped\"", await host.ReadinessAsync(), StringComparison.Ordinal);
        Assert.Equal("root", await host.Http.GetStringAsync("/"));
        using HttpResponseMessage refused = await host.Http.GetAsync(HostProcess.Instances("/life-0"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await storage.StartAgainAsync();
        await host.IsReadyAsync();
    }

    private static Task BreaksAsync(HostProcess host, int outage) => Eventually.UntilAsync(
        () => host.Output.Split(" crit CoinPay.Host.Triggers.TriggerSupervisor A trigger broke: ").Length == outage + 1,
        () => $"a broken trigger:\n{host.Output}");

    /// <summary>A queue message and a timer still run their functions, in the process that was there before.</summary>
    private static async Task GoesOnAsync(TestRun run, HostProcess host, string message)
    {
        await run.Queue(Queues.Texts).SendMessageAsync(message);
        await run.WrittenAsync(Queues.Texts, message + " 1");
        int ticks = (await run.ReadAsync("often")).Count;
        await Eventually.UntilAsync(async () => (await run.ReadAsync("often")).Count > ticks, () => $"a timer's run\n{run.Logs}");
        Assert.All(await run.ReadAsync("often"), tick => Assert.Equal(host.Id, tick.ProcessId));
        Assert.Equal(host.Id, await host.WorkerIdAsync());
    }
}
