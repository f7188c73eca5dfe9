namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Cases of cancellation, and of events that come doubled or before there is anything to take them.</summary>
internal static class ClientCases
{
    public static IReadOnlyDictionary<string, DurableCase> All { get; } = new Dictionary<string, DurableCase>
    {
        ["What_is_cancelled_beforehand_is_never_asked_for"] = new("AlreadyCancelled", null, "\"True True\""),
        ["One_token_cancels_several_timers"] = new("CancelTogether", null, "\"True True\""),
        ["Events_before_the_start_keep_their_order"] = new("ThreeEvents", null, "\"abc\"")
        {
            StartIn = TimeSpan.FromMilliseconds(300),
            Drive = world => RaiseAllAsync(world, "Letter", "a", "b", "c"),
        },
        ["Events_out_of_order_before_the_start_reach_their_waiters"] = new("ThreeNamesInTurn", null, "\"abc\"")
        {
            StartIn = TimeSpan.FromMilliseconds(300),
            Drive = async world =>
            {
                await world.RaiseAsync("C", "c");
                await world.RaiseAsync("A", "a");
                await world.RaiseIfRunningAsync("B", "b");
            },
        },
        ["Doubled_events_are_carried_from_generation_to_generation"] = new("LettersAcross", "", "\"abc\"")
        {
            Drive = world => RaiseAllAsync(world, "Letter", "a", "a", "b", "b", "c"),
        },
    };

    /// <summary>A client that died may send one twice; the orchestrator takes letters of one name in their order.</summary>
    private static async Task RaiseAllAsync(DurableWorld world, string name, params string[] payloads)
    {
        foreach (string payload in payloads)
            await world.RaiseIfRunningAsync(name, payload);
    }
}
