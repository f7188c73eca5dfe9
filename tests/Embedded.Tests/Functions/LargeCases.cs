using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Cases whose payloads stand in blobs: each kind of payload, at and far beyond what a row holds.</summary>
internal static class LargeCases
{
    private const int Mebi = 1024 * 1024;
    private static readonly string TwoMebi = new('i', 2 * Mebi);
    private static readonly string OneMebi = new('e', Mebi);

    public static IReadOnlyDictionary<string, DurableCase> All { get; } = new Dictionary<string, DurableCase>
    {
        ["An_input_and_an_output_of_two_mebibytes_go_through"] = new("Echo", TwoMebi, $"\"{TwoMebi}\""),
        ["An_activitys_input_that_is_long_in_json_goes_through"] = new("LongText", 400_000, "400000"),
        ["An_activitys_result_of_five_mebibytes_goes_through"] = new("LargeResults", new[] { 5 * Mebi }, $"{5 * Mebi}"),
        ["Ten_results_that_no_transaction_would_hold_go_through"] =
            new("LargeResults", Enumerable.Repeat(Mebi / 2, 10).ToArray(), $"{5 * Mebi}"),
        ["Thirty_results_that_just_fit_a_row_go_through"] =
            new("LargeResults", Enumerable.Repeat(63_990, 30).ToArray(), $"{30 * 63_990}"),
        ["Results_around_the_limits_go_through"] =
            new("LargeResults", new[] { 31_997, 31_998, 31_999, 63_997, 63_998, 63_999, 64_000 }, $"{31_997 + 31_998 + 31_999 + 63_997 + 63_998 + 63_999 + 64_000}"),
        ["An_event_of_a_mebibyte_goes_through"] = new("OneEvent", null, $"\"{OneMebi}\"")
        {
            Drive = world => world.RaiseAsync("Go", OneMebi),
        },
        ["An_event_of_a_mebibyte_before_the_start_is_kept"] = new("OneEvent", null, $"\"{OneMebi}\"")
        {
            StartIn = TimeSpan.FromMilliseconds(100),
            Drive = world => world.RaiseAsync("Go", OneMebi),
        },
        ["A_custom_status_of_a_mebibyte_is_shown"] = new("LargeStatus", Mebi, "\"done\"") { CustomStatus = $"\"{new string('s', Mebi)}\"" },
        ["A_failure_of_a_mebibyte_reaches_the_orchestrator"] = new("LargeFailure", Mebi, $"{Mebi}"),
        ["A_failure_of_a_mebibyte_is_shown_whole"] = new("LargeUncaught", Mebi, null)
        {
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "fff at last",
        },
        ["A_childs_input_and_output_of_a_mebibyte_go_through"] = new("LargeChild", Mebi, $"{Mebi}"),
        ["Large_inputs_and_kept_events_go_from_generation_to_generation"] = new("LargeGenerations", "", $"{1_500_000 + Mebi}")
        {
            Drive = async world => { await world.RaiseAsync("Later", OneMebi); await world.RaiseAsync("Go", OneMebi); },
        },
        ["A_termination_with_a_large_output_goes_through"] = new("OneEvent", null, $"\"{OneMebi}\"")
        {
            Drive = async world => { await world.AtAsync("waiting"); await world.DoAsync(client => DurableCases.EndAsync(client, OneMebi)); },
            Status = OrchestrationRuntimeStatus.Terminated,
        },
        ["A_name_that_storage_cannot_hold_fails_the_instance_at_its_start"] = TooLong(afterAnActivity: false),
        ["A_name_that_storage_cannot_hold_fails_the_instance_later"] = TooLong(afterAnActivity: true),
    };

    private static DurableCase TooLong(bool afterAnActivity) => new("NameBeyondStorage", afterAnActivity, null)
    {
        Status = OrchestrationRuntimeStatus.Failed,
        Failure = "larger than storage holds",
    };
}
