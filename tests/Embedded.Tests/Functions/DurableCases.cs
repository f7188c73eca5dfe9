using Microsoft.DurableTask.Client;
using Xunit;
using static CoinPay.Embedded.Tests.Functions.DurableWorld;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>One orchestration from start to end: what is done to it from outside, and the output it must come to.</summary>
internal sealed record DurableCase(string Orchestrator, object? Input, string? Output)
{
    /// <summary>What happens from outside after the start; null for nothing.</summary>
    public Func<DurableWorld, Task>? Drive { get; init; }

    public OrchestrationRuntimeStatus Status { get; init; } = OrchestrationRuntimeStatus.Completed;

    /// <summary>The custom status at the end, as JSON; null if it does not matter.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Not to begin before that much time has passed.</summary>
    public TimeSpan? StartIn { get; init; }

    /// <summary>Part of the failure's message, for a case that fails.</summary>
    public string? Failure { get; init; }

    public async Task RunAsync(DurableWorld world)
    {
        await world.StartInstanceAsync(Orchestrator, Input, StartIn);
        if (Drive is not null)
            await Drive(world);
        OrchestrationMetadata end = await world.EndAsync();
        Assert.True(Status == end.RuntimeStatus, $"{end.RuntimeStatus}: {end.FailureDetails}\n{end.FailureDetails?.StackTrace}");
        Assert.Equal(Output, end.SerializedOutput);
        if (CustomStatus is not null)
            Assert.Equal(CustomStatus, end.SerializedCustomStatus);
        if (Failure is not null)
            Assert.Contains(Failure, $"{end.FailureDetails}");
    }
}

/// <summary>The cases by their names, which are sentences.</summary>
internal static class DurableCases
{
    public static IReadOnlyDictionary<string, DurableCase> All =>
        Basic.Concat(MoreDurableCases.Steps).Concat(MoreDurableCases.Life).Concat(LargeCases.All).Concat(ClientCases.All)
            .ToDictionary();

    private static IReadOnlyDictionary<string, DurableCase> Basic { get; } = new Dictionary<string, DurableCase>
    {
        ["An_orchestrator_without_steps_completes"] = new("Echo", "x", "\"x\""),
        ["Null_in_is_null_out"] = new("Echo", null, null),
        ["Activities_run_one_after_the_other"] = new("Sequence", "x", "\"x01234\""),
        ["Activities_fan_out_and_in"] = new("FanOut", 10, "385"),
        ["The_first_of_two_activities_wins"] = new("FirstOfTwo", null, "\"fast\"")
        {
            Drive = async world => DurableActivities.Open((await world.EndAsync()).ReadCustomStatusAs<string>()!),
        },
        ["A_timer_fires_not_before_its_time"] = new("Sleep", 60, "true"),
        ["A_timer_in_the_past_fires_at_once"] = new("Sleep", -1000, "true"),
        ["A_cancelled_timer_does_not_hold_the_orchestrator"] = new("CancelTimer", null, "\"cancelled\""),
        ["Timers_fire_in_the_order_of_their_times"] = new("TimersInOrder", null, "\"132\""),
        ["An_event_is_waited_for"] = new("OneEvent", null, "\"hello\"")
        {
            Drive = async world => { await world.AtAsync("waiting"); await world.RaiseAsync("Go", "hello"); },
        },
        ["An_event_that_comes_early_is_kept"] = new("LateListener", null, "\"hello\"")
        {
            Drive = async world => { await world.RaiseAsync("Go", "hello"); await world.RaiseAsync("Listen"); },
        },
        ["An_events_name_is_compared_without_case"] = new("OneEvent", null, "\"hello\"")
        {
            Drive = world => world.RaiseAsync("gO", "hello"),
        },
        ["Events_of_one_name_come_in_their_order"] = new("ThreeEvents", null, "\"abc\"")
        {
            Drive = async world =>
            {
                foreach (string letter in (string[])["a", "b", "c"])
                {
                    await world.RaiseAsync("Letter", letter);
                    await world.AtAsync(letter);
                }
            },
        },
        ["An_event_without_payload_is_a_default"] = new("EventOfNumber", null, "0") { Drive = world => world.RaiseAsync("Number") },
        ["An_event_that_cannot_be_read_fails_its_waiter"] = new("EventOfNumber", null, null)
        {
            Drive = world => world.RaiseAsync("Number", "no number"),
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "System.Text.Json.JsonException",
        },
        ["Waiting_for_an_event_times_out"] = new("EventOrTimeout", 40, "\"timeout\""),
        ["An_event_in_time_cancels_the_timeout"] = new("EventOrTimeout", 60_000, "\"go\"") { Drive = world => world.RaiseAsync("Go", "go") },
        ["Of_two_names_each_waiter_gets_its_own"] = new("TwoNames", null, "\"ab\"")
        {
            Drive = async world => { await world.RaiseAsync("B", "b"); await world.RaiseAsync("A", "a"); },
        },
        ["A_cancelled_waiter_leaves_the_event_to_the_next"] = new("CancelledWaiter", null, "\"second\"")
        {
            Drive = async world => { await world.AtAsync("again"); await world.RaiseAsync("Go", "second"); },
        },
        ["One_kept_event_task_is_waited_on_again_and_again"] = new("InvoiceShape", 3, "\"advanced 3\"")
        {
            Drive = world => world.RaiseUntilEndedAsync("Wake"),
        },
        ["A_kept_event_task_survives_deadlines"] = new("DeadlineShape", 3, "\"advanced 3\""),
        ["Continuing_as_new_starts_over_with_the_new_input"] = new("CountDown", null, "\"0 after 4\""),
        ["Continuing_as_new_keeps_events_that_nobody_took"] = new("KeepAcross", 0, "\"kept\"")
        {
            Drive = async world => { await world.RaiseAsync("Later", "kept"); await world.RaiseAsync("Go"); },
        },
        ["Continuing_as_new_may_drop_events"] = new("DropAcross", 0, "\"timeout\"")
        {
            Drive = async world => { await world.RaiseAsync("Later", "dropped"); await world.RaiseAsync("Go"); },
        },
        ["A_failed_activity_throws_its_details"] = new("CatchFailure", null,
            "\"System.InvalidOperationException|as asked|System.ArgumentException|inner\""),
        ["A_failure_that_nobody_catches_fails_the_instance"] = new("Uncaught", null, null)
        {
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "as asked",
        },
        ["An_exception_in_the_orchestrator_fails_the_instance"] = new("Throws", null, null)
        {
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "System.FormatException: my own",
        },
        ["A_retry_policy_tries_again_until_it_succeeds"] = new("Retries", 3, "\"ok\""),
        ["A_retry_policy_gives_up_after_its_attempts"] = new("Retries", 99, "\"gave up\""),
        ["An_activity_that_does_not_exist_fails_at_once"] = new("MissingActivity", null, "\"Microsoft.DurableTask.TaskMissing\""),
        ["An_orchestrator_that_does_not_exist_fails"] = new("NoSuchOrchestrator", null, null)
        {
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "does not exist",
        },
        ["Time_stands_still_within_a_turn_and_is_the_same_in_replay"] = new("Clock", null, "true"),
        ["New_guids_differ_and_are_the_same_in_replay"] = new("Guids", null, "true"),
        ["A_sub_orchestration_gives_its_result"] = new("Parent", "child-ok", "\"from child: 7\""),
        ["A_failed_sub_orchestration_throws_in_its_parent"] = new("ParentOfFailing", null, "\"caught my own\""),
        ["Sub_orchestrations_fan_out_and_in"] = new("ParentOfMany", 5, "15"),
        ["A_child_knows_its_parent"] = new("ParentName", null, $"\"ParentName/{Id}\""),
        ["An_instance_can_be_terminated"] = new("OneEvent", null, "\"enough\"")
        {
            Drive = async world => { await world.AtAsync("waiting"); await world.DoAsync(client => EndAsync(client, "enough")); },
            Status = OrchestrationRuntimeStatus.Terminated,
        },
        ["Awaiting_something_else_fails_the_instance"] = new("AwaitsDelay", null, null)
        {
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "something other than its context's tasks",
        },
        ["ConfigureAwait_false_fails_the_instance"] = new("ConfiguredAwait", null, null)
        {
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "System.InvalidOperationException",
        },
        ["A_long_text_goes_through_whole"] = new("LongText", 30_000, "30000"),
        ["Medium_texts_in_great_number_go_through"] = new("ManyTexts", 18, "558000"),
        ["A_timer_event_and_two_activities"] = new("Mixed", null, "\"a1 go a2\"") { Drive = world => world.RaiseAsync("Go", "go") },
        ["An_activity_and_an_event_race"] = new("ActivityOrEvent", null, "\"both\"") { Drive = world => world.RaiseAsync("Go", "x") },
        ["A_custom_status_is_what_was_set_last"] = new("Statuses", null, "\"done\"") { CustomStatus = "{\"step\":2}" },
        ["Records_and_lists_go_through"] = new("Shapes", null, "{\"Name\":\"n\",\"Numbers\":[1,2],\"Kind\":1}"),
    };

    /// <summary>A case's client may find the instance ended by its own earlier try.</summary>
    internal static async Task EndAsync(DurableTaskClient client, string output, string id = Id)
    {
        try
        {
            await client.TerminateInstanceAsync(id, output);
        }
        catch (Grpc.Core.RpcException ended) when (ended.StatusCode == Grpc.Core.StatusCode.FailedPrecondition)
        {
        }
    }
}
