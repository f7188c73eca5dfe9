using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.TestApp;

/// <summary>
/// What functions tell the tests and the tests tell functions, in the table <c>Diary</c> of the storage: it outlives every process. A
/// partition is a topic of a test run; a row has a text, the process that wrote it and the time.
/// </summary>
public sealed class Diary(IConfiguration configuration)
{
    public const string Table = "Diary";

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private readonly TableClient _rows = new(configuration["AzureWebJobsStorage"], Table);
    private readonly string _run = configuration[TestRun]!;

    /// <summary>The setting with the name of the test run that the process belongs to.</summary>
    public const string TestRun = "TestRun";

    public static string Partition(string run, string topic) => $"{run}!{topic}";

    public Task WriteAsync(string topic, string text) =>
        _rows.AddEntityAsync(new TableEntity(Partition(_run, topic), Guid.NewGuid().ToString("N"))
        {
            ["Text"] = text,
            ["ProcessId"] = Environment.ProcessId,
            ["At"] = DateTimeOffset.UtcNow,
        });

    /// <summary>Waits until a test has written anything on the topic.</summary>
    public async Task WaitAsync(string topic, CancellationToken cancellation = default)
    {
        string partition = Partition(_run, topic);
        while (!await _rows.QueryAsync<TableEntity>(row => row.PartitionKey == partition, cancellationToken: cancellation).AnyAsync(cancellation))
            await Task.Delay(LookAgain, cancellation);
    }
}
