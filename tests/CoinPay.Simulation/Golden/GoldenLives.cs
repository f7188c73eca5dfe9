using CoinPay.Simulation.Shops;

namespace CoinPay.Simulation.Golden;

/// <summary>
/// The lives that are recorded: the whole app on virtual time, as <c>scripts/simulate.sh</c> runs it, with one invoice and
/// without chance.
/// </summary>
internal static class GoldenLives
{
    private const ulong Seed = 4;
    private static readonly ShopPolicy Policy = new(15, 1, 0, 0, "hold", "accept", "hold", [new { required = 2 }], null);
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(Policy.ExpiryMinutes);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static IReadOnlyDictionary<string, Action<GoldenLife>> All { get; } = new Dictionary<string, Action<GoldenLife>>
    {
        ["paid"] = life => Paid(life).ToTheEnd(),
        ["paid-and-waiting"] = life => Paid(life),
        ["expired"] = life => life.Wait(Expiry + Minute).ToTheEnd(),
        ["late"] = life => life.Wait(Expiry + Minute).Pay().Mine(4).ToTheEnd(),
        ["cancelled"] = life => life.Wait(Minute).Cancel().ToTheEnd(),
        ["stalled"] = life => life.Pay().Mine(1).Wait(TimeSpan.FromHours(26)),
        ["retried"] = life => life.Pay().WithoutInvoices(() => life.Mine(1)).Mine(3).Wait(Minute),
        ["node-down"] = life => life.NodeDown().Wait(TimeSpan.FromHours(3), step: TimeSpan.FromMinutes(10)),
        ["long"] = life => life.NodeDown().WaitForNextExecution().LookBack(),
        ["continued"] = life => life.NodeDown().WaitForNextExecution().Wait(TimeSpan.FromHours(1), step: TimeSpan.FromMinutes(10)),
    };

    /// <summary>Runs it on its own thread and returns the history of its invoice's instance.</summary>
    public static GoldenHistory Record(Action<GoldenLife> live)
    {
        GoldenHistory? history = null;
        Thread thread = new(() =>
        {
            GoldenLife life = new(Seed, Policy);
            live(life);
            history = life.History;
        });
        thread.Start();
        thread.Join();
        return history ?? throw new InvalidOperationException("the life was cut short");
    }

    private static GoldenLife Paid(GoldenLife life) => life.Wait(Minute).Pay().Mine(1).Mine(1).Mine(1).Wait(Expiry);
}
