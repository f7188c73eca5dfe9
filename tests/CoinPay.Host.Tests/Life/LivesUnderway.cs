using System.Text.Json.Nodes;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>Several lives of one run, from their start to their end, through whichever host runs.</summary>
internal sealed class LivesUnderway(TestRun run, string prefix, int count)
{
    public IEnumerable<string> Ids => Enumerable.Range(0, count).Select(number => $"{prefix}{number}");

    /// <summary>Starts them, and waits until each waits for its first event.</summary>
    public async Task BeginAsync(HostProcess host)
    {
        await host.PostAsync($"/start/{nameof(TestApp.Life)}/{prefix}/{count}");
        await AllAsync(host, "Go");
    }

    public Task RaiseAsync(HostProcess host, string name) => host.PostAsync($"/raise/{prefix}/{count}/{name}");

    /// <summary>Waits until each has begun the activity that its event leads to.</summary>
    public async Task HaveBegunAsync(string step)
    {
        foreach (string id in Ids)
            await run.WrittenAsync(id, step);
    }

    /// <summary>Waits until each waits for the event.</summary>
    public async Task AllAsync(HostProcess host, string name)
    {
        foreach (string id in Ids)
            await host.UntilAsync(id, life => (string?)life["customStatus"] == name);
    }

    /// <summary>Waits until all have ended; each must have its result, and each step in its order.</summary>
    public async Task CompleteAsync(HostProcess host)
    {
        foreach (string id in Ids)
        {
            JsonNode ended = await host.EndAsync(id);
            Assert.True((string?)ended["runtimeStatus"] == "Completed", $"{ended.ToJsonString()}\n{run.Logs}");
            Assert.Equal(TestApp.Life.Result, (string?)ended["output"]);
            Assert.Equal(["first", "second", "third"], (await run.TextsAsync(id)).Distinct());
        }
    }

    /// <summary>How many activities ran beyond one for each step.</summary>
    public async Task<int> CountRepeatedAsync()
    {
        int repeated = 0;
        foreach (string id in Ids)
            repeated += (await run.TextsAsync(id)).Count - 3;
        return repeated;
    }
}
