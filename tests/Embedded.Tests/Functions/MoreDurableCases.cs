using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Cases of races, retries, generations and families, and of what clients do to an instance in its life.</summary>
internal static class MoreDurableCases
{
    private const int ThreeWeeks = 1_814_400_000;

    public static IReadOnlyDictionary<string, DurableCase> Steps { get; } = new Dictionary<string, DurableCase>
    {
        ["Of_an_event_and_two_timers_the_near_timer_wins"] = new("FirstOfEventAndTimers", null, "\"near\""),
        ["All_of_an_activity_a_child_an_event_and_a_timer_are_waited_for"] = new("AllOfEachKind", null, "\"said 7 go\"")
        {
            Drive = world => world.RaiseIfRunningAsync("Go", "go"),
        },
        ["Activities_are_taken_one_by_one_as_they_end"] = new("OneByOneAsTheyEnd", null, "30"),
        ["One_failure_of_all_is_thrown_when_all_have_ended"] = new("AllButOneSucceed", null, "\"Fail, True\""),
        ["A_retrys_delay_grows_by_its_coefficient"] = new("GrowingDelays", null, "true"),
        ["A_retrys_delay_is_capped"] = new("CappedDelays", null, "true"),
        ["Retries_end_with_their_timeout"] = new("RetryTimeout", null, "true"),
        ["A_failed_sub_orchestration_is_tried_again"] = new("RetriedChild", null, "\"ok\""),
        ["A_timer_of_zero_fires_at_once"] = new("Sleep", 0, "true"),
        ["Time_goes_on_across_a_timer_and_a_generation"] = new("TimeAcross", null, "true"),
        ["New_guids_differ_across_generations"] = new("GuidsAcross", Array.Empty<Guid>(), "6"),
        ["What_an_old_generation_left_open_does_not_reach_the_new_one"] = new("AcrossWithOpenTasks", 0, "\"ended\""),
        ["Each_generation_may_call_a_child_of_the_same_id"] = new("SameChildInEachGeneration", 0, "3"),
        ["A_child_that_continues_as_new_answers_with_its_last_generation"] = new("ParentOfGenerations", null, "\"0 after 4\""),
        ["A_childs_child_gives_its_result"] = new("Grandparent", null, "\"over from child: 7\""),
        ["A_childs_failure_holds_its_activitys_failure_inside"] = new("DeepFailure", null,
            "\"TaskFailedException of InvalidOperationException of ArgumentException\""),
        ["A_failure_wrapped_in_another_shows_both"] = new("WrappedFailure", null, null)
        {
            Status = OrchestrationRuntimeStatus.Failed,
            Failure = "System.NotSupportedException: outermost",
        },
        ["A_custom_status_may_be_a_list"] = new("NullStatus", null, "\"done\"") { CustomStatus = "[1,2]" },
        ["Code_that_asks_for_another_activity_in_replay_fails"] = Changed("AnotherActivityInReplay", "step 0, activity 'Length'"),
        ["Code_that_asks_for_a_timer_in_replay_fails"] = Changed("TimerInReplay", "step 0, a timer"),
        ["Code_that_forgets_a_child_in_replay_fails"] = Changed("ChildOnlyAtFirst", "step 0, sub-orchestration 'Child'"),
    };

    public static IReadOnlyDictionary<string, DurableCase> Life { get; } = new Dictionary<string, DurableCase>
    {
        ["Events_out_of_order_reach_their_waiters"] = new("ThreeNamesInTurn", null, "\"abc\"")
        {
            Drive = async world =>
            {
                await world.RaiseAsync("C", "c");
                await world.RaiseAsync("B", "b");
                await world.RaiseIfRunningAsync("A", "a");
            },
        },
        ["An_event_that_is_raised_twice_is_seen_twice"] = new("CountEvents", 2, "2")
        {
            Drive = async world => { await world.RaiseAsync("Tick", 1); await world.RaiseIfRunningAsync("Tick", 1); },
        },
        ["An_event_that_nobody_waits_for_does_no_harm"] = new("OneEvent", null, "\"go\"")
        {
            Drive = async world => { await world.RaiseAsync("Unknown", 1); await world.RaiseIfRunningAsync("Go", "go"); },
        },
        ["An_event_before_the_start_is_kept"] = new("OneEvent", null, "\"early\"")
        {
            StartIn = TimeSpan.FromMilliseconds(100),
            Drive = world => world.RaiseIfRunningAsync("Go", "early"),
        },
        ["Of_two_waiters_of_one_name_the_later_is_served_first"] = new("TwoWaiters", null, "\"21\"")
        {
            Drive = async world => { await world.RaiseAsync("Go", "x"); await world.RaiseIfRunningAsync("Go", "x"); },
        },
        ["An_event_beats_a_timer_of_weeks"] = new("EventOrTimeout", ThreeWeeks, "\"go\"")
        {
            Drive = world => world.RaiseIfRunningAsync("Go", "go"),
        },
        ["Events_keep_their_order_across_generations"] = new("LettersAcross", "", "\"abc\"")
        {
            Drive = async world =>
            {
                foreach (string letter in (string[])["a", "b", "c"])
                    await world.RaiseIfRunningAsync("Letter", letter);
            },
        },
        ["An_instance_that_waits_for_a_far_timer_can_be_terminated"] = new("Sleep", ThreeWeeks, "\"enough\"")
        {
            Drive = world => world.DoAsync(client => DurableCases.EndAsync(client, "enough")),
            Status = OrchestrationRuntimeStatus.Terminated,
        },
        ["An_instance_that_has_not_begun_can_be_terminated"] = new("Echo", "x", "\"never mind\"")
        {
            StartIn = TimeSpan.FromHours(1),
            Drive = world => world.DoAsync(client => DurableCases.EndAsync(client, "never mind")),
            Status = OrchestrationRuntimeStatus.Terminated,
        },
        ["A_terminated_child_fails_in_its_parent"] = new("ParentOfTerminated", null, "\"OneEvent\"") { Drive = TerminateKidAsync },
        ["An_ended_id_can_be_started_again"] = new("Echo", "first", "\"second\"")
        {
            Drive = async world => { await world.EndAsync(); await world.DoAsync(client => StartAgainAsync(client, "second")); },
        },
        ["A_start_in_a_dedupe_status_is_refused"] = new("Echo", "first", "\"first\"")
        {
            Drive = async world =>
            {
                await world.EndAsync();
                await world.DoAsync(client => StartAgainAsync(client, "second", "Completed"));
            },
        },
        ["A_start_in_another_status_than_those_refused_replaces"] = new("Echo", "first", "\"second\"")
        {
            Drive = async world =>
            {
                await world.EndAsync();
                await world.DoAsync(client => StartAgainAsync(client, "second", "Failed", "Terminated"));
            },
        },
        ["A_purged_id_begins_from_nothing"] = new("Sequence", "first", "\"second01234\"")
        {
            Drive = async world =>
            {
                await world.EndAsync();
                await world.DoAsync(client => client.PurgeInstanceAsync(DurableWorld.Id));
                await world.DoAsync(async client => Assert.True(
                    await client.GetInstanceAsync(DurableWorld.Id) is null, "still there after the purge"));
                await world.StartInstanceAsync("Sequence", "second");
            },
        },
        ["A_running_instance_is_not_purged"] = new("OneEvent", null, "\"go\"")
        {
            Drive = async world =>
            {
                await world.DoAsync(async client =>
                    Assert.Equal(0, (await client.PurgeInstanceAsync(DurableWorld.Id)).PurgedInstanceCount));
                await world.RaiseIfRunningAsync("Go", "go");
            },
        },
    };

    private static DurableCase Changed(string orchestrator, string step) => new(orchestrator, null, null)
    {
        Status = OrchestrationRuntimeStatus.Failed,
        Failure = step,
    };

    /// <summary>A client that died may find its own start under way; whether one was refused shows in the output.</summary>
    private static async Task StartAgainAsync(DurableTaskClient client, string input, params string[] refused)
    {
        try
        {
            await StartAsync(client, input, refused);
        }
        catch (OrchestrationAlreadyExistsException)
        {
        }
    }

    private static Task<string> StartAsync(DurableTaskClient client, string input, params string[] refused) =>
        client.ScheduleNewOrchestrationInstanceAsync(
            "Echo", input, new StartOrchestrationOptions(DurableWorld.Id) { DedupeStatuses = refused });

    private static async Task TerminateKidAsync(DurableWorld world)
    {
        for (bool told = false; !told; await Task.Delay(5))
            await world.DoAsync(async client =>
            {
                try
                {
                    await DurableCases.EndAsync(client, "enough", "kid");
                    told = true;
                }
                catch (RpcException notYet) when (notYet.StatusCode == StatusCode.NotFound)
                {
                }
            });
    }
}
