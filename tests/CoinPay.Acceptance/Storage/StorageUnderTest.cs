using Azure;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Testing.Storage;
using Microsoft.Extensions.Time.Testing;

namespace CoinPay.Acceptance.Storage;

/// <summary>An account that the contract is held against; memory's clock is moved, Azurite's is waited for.</summary>
public abstract class StorageUnderTest
{
    public abstract TableServiceClient Tables { get; }

    public abstract QueueServiceClient Queues { get; }

    /// <summary>Whether it is memory, where Azurite does not do what the documentation says.</summary>
    public abstract bool IsMemory { get; }

    /// <summary>A refusal's code as documented, which memory follows, and as Azurite gives it.</summary>
    public string Code(string documented, string azurite) => IsMemory ? documented : azurite;

    /// <summary>Ends the case here for Azurite, which does something else than the documentation says.</summary>
    public void OnlyAsDocumented(string why) => Assert.SkipUnless(IsMemory, why);

    public abstract Task PassAsync(TimeSpan time);

    public async Task<TableClient> TableAsync()
    {
        TableClient table = Tables.GetTableClient("T" + Guid.NewGuid().ToString("N"));
        await table.CreateAsync();
        return table;
    }

    public async Task<QueueClient> QueueAsync()
    {
        QueueClient queue = Queues.GetQueueClient("q" + Guid.NewGuid().ToString("N"));
        await queue.CreateAsync();
        return queue;
    }

    /// <summary>Holds the call to being refused with this status and code.</summary>
    public static async Task<RequestFailedException> RefusedAsync(int status, string? code, Func<Task> call)
    {
        RequestFailedException refused = await Assert.ThrowsAnyAsync<RequestFailedException>(call);
        Assert.Equal(status, refused.Status);
        if (code is not null)
            Assert.Equal(code, refused.ErrorCode);
        return refused;
    }
}

/// <param name="direct">Through the client that leaves the protocol out.</param>
internal sealed class MemoryUnderTest(bool direct = false) : StorageUnderTest
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));

    public MemoryStorage Storage => field ??= new(_time);

    public DateTimeOffset Now => _time.GetUtcNow();

    public override TableServiceClient Tables => field ??= direct ? Storage.DirectTableService() : Storage.TableService();

    public override QueueServiceClient Queues => field ??= Storage.QueueService();

    public override bool IsMemory => true;

    public override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

internal sealed class AzuriteUnderTest(AzuriteFixture azurite) : StorageUnderTest
{
    public override TableServiceClient Tables => field ??= new(azurite.ConnectionString);

    public override QueueServiceClient Queues => field ??= new(azurite.ConnectionString);

    public override bool IsMemory => false;

    public override Task PassAsync(TimeSpan time) => Task.Delay(time);
}
