using System.Diagnostics;
using Azure.Data.Tables;
using CoinPay.Embedded.App;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Tests.Functions;
using Xunit;

namespace CoinPay.Embedded.Tests.Processes;

/// <summary>Three real processes, one hub after the other: the first is killed, the second stopped past its lease and let go on.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class TakeOverTests(AzuriteFixture azurite)
{
    private const int Lives = 200;
    private const string All = "life-";

    private readonly string _hub = "O" + Guid.NewGuid().ToString("N");

    private TableClient Runs => new(azurite.ConnectionString, Step.Table);

    [Fact]
    public async Task Two_hundred_lives_survive_a_killed_owner_and_a_stopped_one_that_wakes_up_and_writes_nothing_more()
    {
        await Runs.CreateIfNotExistsAsync();
        await using HostProcess first = await LaunchAsync();
        await first.ListensAsync();
        await using HostProcess second = await LaunchAsync();
        await Eventually.UntilAsync(() => second.StandsBy);
        Assert.True(await first.TryPostAsync($"start/{All}/{Lives}"));
        DateTimeOffset secondCame = await KillAsync(first, second);

        await using HostProcess third = await LaunchAsync();
        await Eventually.UntilAsync(() => third.StandsBy);
        Task<bool> raised = second.TryPostAsync($"raise/{All}/{Lives}/Go");
        await Eventually.UntilAsync(async () => await CountRunsAsync(second) >= 20);
        await second.StopAsync();
        DateTimeOffset thirdCame = await TakesOverAsync(third, "stopped");
        // What the second had sent off may still land until the third has put its mark; then nothing may.
        await Eventually.UntilAsync(async () => await CountMarkedAsync(owner: 3) == Lives);
        DateTimeOffset continuedAt = DateTimeOffset.UtcNow;
        await second.ContinueAsync();
        foreach (string name in (string[])["Go", "Stop"])
            Assert.True(await third.TryPostAsync($"raise/{All}/{Lives}/{name}"));
        IReadOnlyList<StoredLife> lives = await EndAsync();
        await raised;
        await Eventually.UntilAsync(() => second.HasExited);
        Assert.Contains("The task hub is lost to another process", second.Output, StringComparison.Ordinal);

        Assert.All(lives, life => life.ComesToItsResult());
        Assert.All(lives, life => Assert.Equal(3, life.State.Owner));
        Assert.All(lives, life => life.IsWrittenInItsOrder());
        Assert.All(lives, life => life.IsWrittenInTheReignOf(first.Id, DateTimeOffset.MinValue, secondCame));
        Assert.All(lives, life => life.IsWrittenInTheReignOf(second.Id, secondCame, thirdCame));
        Assert.All(lives, life => life.IsWrittenInTheReignOf(third.Id, thirdCame, DateTimeOffset.MaxValue));
        int late = lives.Sum(life => life.Runs.Count(run => run.ProcessId == second.Id && run.BeganAt > continuedAt));
        Console.WriteLine($"Activities begun by the stopped owner after it went on, in vain: {late}");
        Console.WriteLine(string.Join(", ", lives.SelectMany(life => life.Completions).CountBy(step => step.Outcome().ProcessId)
            .Select(pair => $"process {pair.Key} completed {pair.Value} activities")));
    }

    private Task<HostProcess> LaunchAsync() => HostProcess.LaunchAsync(azurite.ConnectionString, _hub);

    private async Task<DateTimeOffset> KillAsync(HostProcess owner, HostProcess next)
    {
        await owner.KillAsync();
        return await TakesOverAsync(next, "killed");
    }

    /// <summary>When the service stored the new owner's mark; from then on nobody else may write.</summary>
    private async Task<DateTimeOffset> TakesOverAsync(HostProcess next, string what)
    {
        Stopwatch waited = Stopwatch.StartNew();
        await next.ListensAsync();
        Console.WriteLine($"An owner was {what}: another process took over {Lives} instances after {waited.Elapsed.TotalSeconds:f1} s");
        Assert.True(waited.Elapsed < 3 * HubOwnership.Duration, $"took over after {waited.Elapsed}");
        TableClient index = new(azurite.ConnectionString, _hub + "Index");
        return (await index.GetEntityAsync<TableEntity>(HubKeys.OwnerPartition, HubKeys.OwnerPartition)).Value.Timestamp!.Value;
    }

    private async Task<int> CountRunsAsync(HostProcess process) =>
        await Runs.QueryAsync<TableEntity>($"ProcessId eq {process.Id} and Step eq 'second'").CountAsync();

    private async Task<int> CountMarkedAsync(long owner) =>
        await new TableClient(azurite.ConnectionString, _hub + "Instances")
            .QueryAsync<TableEntity>($"RowKey eq '{HubKeys.State}' and Owner eq {owner}L").CountAsync();

    private async Task<IReadOnlyList<StoredLife>> EndAsync()
    {
        List<StoredLife> lives = [];
        for (int number = 0; number < Lives; number++)
        {
            StoredLife? life = null;
            await Eventually.UntilAsync(async () =>
                (life = await StoredLife.ReadAsync(azurite.ConnectionString, _hub, $"{All}{number}")) is { State.HasEnded: true });
            lives.Add(life!);
        }
        return lives;
    }
}
