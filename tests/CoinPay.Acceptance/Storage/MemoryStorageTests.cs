using System.Diagnostics;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Testing.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Acceptance.Storage;

/// <summary>What memory promises beyond the service: faults, virtual time, the same run again, speed.</summary>
public sealed class MemoryStorageTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly MemoryStorage _storage;
    private readonly TableClient _table;
    private readonly QueueClient _queue;

    public MemoryStorageTests()
    {
        _storage = new(_time);
        _table = _storage.TableService().GetTableClient("Rows");
        _table.Create();
        _queue = _storage.QueueService().GetQueueClient("work");
        _queue.Create();
    }

    [Fact]
    public async Task A_fault_before_an_operation_leaves_nothing_behind()
    {
        _storage.Before = _ => throw new SimulatedCrash();
        await Assert.ThrowsAsync<SimulatedCrash>(() => _table.AddEntityAsync(new TableEntity("p", "r")));
        await Assert.ThrowsAsync<SimulatedCrash>(() => _queue.SendMessageAsync("x"));
        _storage.Before = null;
        Assert.Empty(await _table.QueryAsync<TableEntity>().ToListAsync());
        Assert.Equal(0, (await _queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_fault_after_an_operation_comes_too_late_to_stop_it()
    {
        _storage.After = _ => throw new SimulatedCrash();
        await Assert.ThrowsAsync<SimulatedCrash>(() => _table.AddEntityAsync(new TableEntity("p", "r")));
        await Assert.ThrowsAsync<SimulatedCrash>(() => _queue.SendMessageAsync("x"));
        _storage.After = null;
        Assert.Single(await _table.QueryAsync<TableEntity>().ToListAsync());
        Assert.Equal(1, (await _queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_refusal_thrown_by_a_hook_is_the_services_to_the_caller()
    {
        _storage.Before = operation => operation.Action == StorageAction.UpdateMerge
            ? throw new RequestFailedException(412, "another was faster", "UpdateConditionNotSatisfied", null)
            : default;
        await _table.AddEntityAsync(new TableEntity("p", "r"));
        await StorageUnderTest.RefusedAsync(412, "UpdateConditionNotSatisfied", () =>
            _table.UpdateEntityAsync(new TableEntity("p", "r"), ETag.All));
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_as_over_a_network()
    {
        TableClient impatient = new(
            MemoryStorage.ConnectionString, "Rows", new() { Transport = _storage.Tables, Retry = { Delay = TimeSpan.FromMilliseconds(1) } });
        bool lost = false;
        _storage.After = _ => lost ? default : throw new IOException($"lost once: {lost = true}");
        await StorageUnderTest.RefusedAsync(409, "EntityAlreadyExists", () => impatient.AddEntityAsync(new TableEntity("p", "r")));
    }

    [Fact]
    public async Task A_hook_sees_what_is_done_to_which_row_and_with_which_outcome()
    {
        List<string> seen = [];
        _storage.After = operation =>
        {
            string rows = string.Join(',', operation.Rows.Select(row => $"{row.Action}:{row.Row}"));
            seen.Add($"{operation.Action} {operation.Container} {operation.Partition} {operation.Key} {rows} {operation.Status}");
            return default;
        };
        await _table.AddEntityAsync(new TableEntity("p", "r"));
        await _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.UpdateMerge, new TableEntity("p", "r"), ETag.All),
            new(TableTransactionActionType.Delete, new TableEntity("p", "none"), ETag.All),
        ], CancellationToken.None).ContinueWith(_ => { }, TaskScheduler.Default);
        await _table.GetEntityIfExistsAsync<TableEntity>("p", "x");
        await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'").ToListAsync();
        await _queue.SendMessageAsync("m");
        QueueMessage message = await _queue.ReceiveMessageAsync();
        await _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        Assert.Equal(
        [
            "InsertEntity Rows p r  204",
            "Transaction Rows p  UpdateMerge:r,DeleteEntity:none 202",
            "GetEntity Rows p x  404",
            "QueryEntities Rows    200",
            "PutMessage work    201",
            "GetMessages work    200",
            $"DeleteMessage work  {message.MessageId}  204",
        ], seen);
    }

    [Fact]
    public async Task A_hook_that_waits_lets_others_go_first()
    {
        TaskCompletionSource gate = new();
        _storage.Before = operation => operation.Key == "slow" ? new(gate.Task) : default;
        Task slow = _table.AddEntityAsync(new TableEntity("p", "slow"));
        await _table.AddEntityAsync(new TableEntity("p", "fast"));
        Assert.False(slow.IsCompleted);
        Assert.Single(await _table.QueryAsync<TableEntity>().ToListAsync());
        gate.SetResult();
        await slow;
        Assert.Equal(2, (await _table.QueryAsync<TableEntity>().ToListAsync()).Count);
    }

    [Fact]
    public void Without_a_hook_that_waits_a_call_is_finished_when_it_returns()
    {
        Assert.True(_table.AddEntityAsync(new TableEntity("p", "r")).IsCompletedSuccessfully);
        Assert.True(_queue.SendMessageAsync("m").IsCompletedSuccessfully);
        Assert.True(_queue.ReceiveMessagesAsync(32).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Time_passes_only_when_it_is_moved()
    {
        await _queue.SendMessageAsync("in six days", TimeSpan.FromDays(6), TimeSpan.FromSeconds(-1));
        Assert.Empty((await _queue.ReceiveMessagesAsync()).Value);
        _time.Advance(TimeSpan.FromDays(6) - TimeSpan.FromTicks(1));
        Assert.Empty((await _queue.ReceiveMessagesAsync()).Value);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Single((await _queue.ReceiveMessagesAsync()).Value);
        _time.Advance(TimeSpan.FromSeconds(29.999));
        Assert.Empty((await _queue.ReceiveMessagesAsync()).Value);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, (await _queue.ReceiveMessageAsync()).Value.DequeueCount);
    }

    [Fact]
    public async Task A_timestamp_is_the_virtual_now_to_the_tick_and_etags_change_while_time_stands_still()
    {
        _time.Advance(TimeSpan.FromTicks(1_234_567));
        ETag first = (await _table.UpsertEntityAsync(new TableEntity("p", "r"))).Headers.ETag!.Value;
        ETag second = (await _table.UpsertEntityAsync(new TableEntity("p", "r"))).Headers.ETag!.Value;
        Assert.NotEqual(first, second);
        Assert.Equal(_time.GetUtcNow(), (await _table.GetEntityAsync<TableEntity>("p", "r")).Value.Timestamp);
    }

    [Fact]
    public async Task Expired_messages_are_neither_shown_nor_counted()
    {
        SendReceipt sent = await _queue.SendMessageAsync("a week");
        _time.Advance(TimeSpan.FromDays(7));
        Assert.Empty((await _queue.PeekMessagesAsync(32)).Value);
        await StorageUnderTest.RefusedAsync(404, "MessageNotFound", () => _queue.DeleteMessageAsync(sent.MessageId, sent.PopReceipt));
        Assert.Equal(0, (await _queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task The_same_calls_give_the_same_ids_receipts_and_etags()
    {
        static async Task<string> RunAsync()
        {
            MemoryStorage storage = new(new FakeTimeProvider(DateTimeOffset.UnixEpoch));
            TableClient table = storage.TableService().GetTableClient("Rows");
            await table.CreateAsync();
            QueueClient queue = storage.QueueService().GetQueueClient("work");
            await queue.CreateAsync();
            Response added = await table.AddEntityAsync(new TableEntity("p", "r"));
            SendReceipt sent = await queue.SendMessageAsync("m");
            QueueMessage taken = await queue.ReceiveMessageAsync();
            return $"{added.Headers.ETag} {sent.MessageId} {sent.PopReceipt} {taken.PopReceipt} {storage.Operations}";
        }
        Assert.Equal(await RunAsync(), await RunAsync());
    }

    [Fact]
    public async Task Of_many_writers_with_one_etag_one_wins()
    {
        ETag before = (await _table.AddEntityAsync(new TableEntity("p", "r"))).Headers.ETag!.Value;
        int[] statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            try
            {
                return (await _table.UpdateEntityAsync(new TableEntity("p", "r") { ["N"] = number }, before)).Status;
            }
            catch (RequestFailedException lost)
            {
                return lost.Status;
            }
        })));
        Assert.Equal([204, .. Enumerable.Repeat(412, 15)], statuses.Order());
    }

    [Fact]
    public async Task An_emulators_address_leads_to_the_same_account()
    {
        TableServiceClient tables = new("UseDevelopmentStorage=true", new() { Transport = _storage.Tables });
        await tables.GetTableClient("Rows").AddEntityAsync(new TableEntity("p", "r"));
        await tables.GetTableClient("Rows").SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, new TableEntity("p", "s"))]);
        QueueServiceClient queues = new("UseDevelopmentStorage=true", new() { Transport = _storage.Queues });
        await queues.GetQueueClient("work").SendMessageAsync("m");
        Assert.Equal(2, (await _table.QueryAsync<TableEntity>().ToListAsync()).Count);
        Assert.NotNull((await _queue.PeekMessageAsync()).Value);
    }

    [Fact]
    public async Task What_is_not_built_says_so() =>
        await StorageUnderTest.RefusedAsync(501, "NotImplemented", () => _queue.SetMetadataAsync(new Dictionary<string, string>()));

    [Fact]
    public async Task A_point_operation_costs_no_more_among_many_rows()
    {
        await AddRowsAsync("few", 50);
        await AddRowsAsync("many", 20_000);
        (TimeSpan few, TimeSpan many) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (int round = 0; round < 300; round++)
        {
            few = Min(few, await TimeOfReadsAsync("few", 50));
            many = Min(many, await TimeOfReadsAsync("many", 20_000));
        }
        // The best of many short rounds, taken in turn, is the same on a busy machine. A scan would take 400 times as long.
        Assert.True(many < 20 * few, $"10 reads took {few} among few rows and {many} among many");
    }

    private async Task AddRowsAsync(string partition, int rows)
    {
        for (int number = 0; number < rows; number++)
            await _table.AddEntityAsync(new TableEntity(partition, $"{number:d6}") { ["Amount"] = "12.5" });
    }

    private async Task<TimeSpan> TimeOfReadsAsync(string partition, int rows)
    {
        long began = Stopwatch.GetTimestamp();
        for (int number = rows - 10; number < rows; number++)
            await _table.GetEntityAsync<TableEntity>(partition, $"{number:d6}");
        return Stopwatch.GetElapsedTime(began);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class SimulatedCrash : Exception;
}
