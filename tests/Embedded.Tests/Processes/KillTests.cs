using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using CoinPay.Embedded.App;
using CoinPay.Embedded.Tests.Functions;
using Xunit;
using Xunit.Sdk;

namespace CoinPay.Embedded.Tests.Processes;

/// <summary>kill -9 of a real host process at random moments: COINPAY_KILLS of them, by the seed COINPAY_SEED.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class KillTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int UsualKills = 10;
    private const int LongestLife = 1500;

    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("COINPAY_KILLS"), out int kills) ? kills : UsualKills;
    private static readonly string Seed = Environment.GetEnvironmentVariable("COINPAY_SEED") ?? $"{RandomNumberGenerator.GetInt32(1_000_000)}";

    private readonly string _hub = "K" + Guid.NewGuid().ToString("N");
    private HostProcess _host = null!;
    private int _killed;

    public async ValueTask InitializeAsync()
    {
        await new TableClient(azurite.ConnectionString, Step.Table).CreateIfNotExistsAsync();
        _host = await HostProcess.LaunchAsync(azurite.ConnectionString, _hub);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_orchestration_under_kills_at_random_moments_comes_to_its_result_and_repeats_nothing_that_is_stored()
    {
        Console.WriteLine($"{Kills} kills, COINPAY_SEED={Seed}");
        Task<IReadOnlyList<StoredLife>> client = LiveAsync();
        Random random = new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(Seed))));
        for (; _killed < Kills && !client.IsFaulted; _killed++)
            await KillAsync(random);
        IReadOnlyList<StoredLife> lives = await client;
        Console.WriteLine($"{_killed} kills in {lives.Count} lives, {lives.Sum(life => life.Runs.Count) - (3 * lives.Count)} activities run again");
        Assert.All(lives, life => life.ComesToItsResult());
        Assert.All(lives, life => life.RepeatsNothingThatIsStored());
    }

    /// <summary>Mostly in the midst of its work; now and then while it starts.</summary>
    private async Task KillAsync(Random random)
    {
        if (random.Next(4) > 0)
            await _host.ListensAsync();
        await Task.Delay(random.Next(LongestLife));
        await _host.DisposeAsync();
        _host = await HostProcess.LaunchAsync(azurite.ConnectionString, _hub);
    }

    /// <summary>One life after the other until all kills are done; the last is let come to its end.</summary>
    private async Task<IReadOnlyList<StoredLife>> LiveAsync()
    {
        List<StoredLife> lives = [];
        do
        {
            string prefix = $"life{lives.Count}-", id = prefix + "0";
            await AskAsync($"start/{prefix}/1");
            foreach (string name in (string[])["Go", "Stop"])
            {
                await UntilAsync(id, life => life.State.CustomStatus == $"\"{name}\"");
                await AskAsync($"raise/{prefix}/1/{name}");
            }
            lives.Add(await UntilAsync(id, life => life.State.HasEnded));
        }
        while (_killed < Kills);
        return lives;
    }

    /// <summary>Asks whichever process runs, until one has answered.</summary>
    private Task AskAsync(string path) => UntilAsync(() => _host.TryPostAsync(path));

    private async Task<StoredLife> UntilAsync(string id, Func<StoredLife, bool> reached)
    {
        StoredLife? life = null;
        await UntilAsync(async () =>
            (life = await StoredLife.ReadAsync(azurite.ConnectionString, _hub, id)) is not null && (life.State.HasEnded || reached(life)));
        return life!;
    }

    /// <summary>While kills go on, nothing need come about: on a loaded machine a process hardly begins before it dies. After the last it must.</summary>
    private async Task UntilAsync(Func<Task<bool>> reached)
    {
        for (int killed = _killed; ; killed = _killed)
        {
            try
            {
                await Eventually.UntilAsync(reached);
                return;
            }
            catch (XunitException) when (_killed > killed)
            {
            }
        }
    }
}
