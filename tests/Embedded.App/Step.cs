using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Embedded.App;

/// <summary>What an activity gives back: its step, which run of it this was, and in which process.</summary>
public sealed record Done(string Step, string Run, int ProcessId);

/// <summary>An activity that leaves a row for each of its runs before it does anything else: table <c>Runs</c>, partition the instance.</summary>
public sealed class Step(IConfiguration configuration)
{
    public const string Table = "Runs";

    [Function(nameof(Step))]
    public async Task<Done> Run([ActivityTrigger] string step, string instanceId, CancellationToken cancellation)
    {
        Done done = new(step, Guid.NewGuid().ToString("N"), Environment.ProcessId);
        TableEntity row = new(instanceId, done.Run) { ["Step"] = step, ["ProcessId"] = done.ProcessId, ["At"] = DateTimeOffset.UtcNow };
        await new TableClient(configuration["AzureWebJobsStorage"], Table).AddEntityAsync(row, cancellation);
        await Task.Delay(200, cancellation);
        return done;
    }
}
