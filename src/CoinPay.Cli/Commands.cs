using System.CommandLine;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Cli;

/// <summary>
/// What operators do beside the running gateway, as commands. The account is that of <c>AzureWebJobsStorage</c> in the environment, as
/// the gateway reads it: a connection string, or <c>AzureWebJobsStorage__accountName</c> with whoever is signed in.
/// </summary>
internal static class Commands
{
    /// <summary>A wallet that restores from its seed gives up after 20 unused addresses in a row (BIP-44, gap limit).</summary>
    private const int DefaultSkip = 19;

    private const int MaxSkip = 1_000_000;

    /// <summary>In this time a commit that was under way is whole.</summary>
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);

    /// <summary>0: done, and all is well. 1: differences, or nothing was done.</summary>
    public static RootCommand Root(TextWriter output) => new("What operators do beside the running gateway.")
    {
        Backup(output), Restore(output), Reconcile(output),
    };

    private static Command Backup(TextWriter output)
    {
        Argument<string> folder = new("folder") { Description = "a folder to make" };
        Command command = new("backup", "Copies every table of the gateway into a folder; the gateway may run.") { folder };
        command.SetAction((parsed, cancellation) => SayingWhyNotAsync(
            output, () => new Backup(Tables(), output).RunAsync(new(parsed.GetValue(folder)!), cancellation)));
        return command;
    }

    private static Command Restore(TextWriter output)
    {
        Argument<string> folder = new("folder") { Description = "a folder that backup made" };
        Option<bool> force = new("--force") { Description = "over tables that are not empty: rows of the same keys are replaced" };
        Option<int> skip = new("--skip-addresses")
        {
            Description = "Bitcoin addresses of each account key that may have been given out since the backup; none of them is given out again",
            DefaultValueFactory = _ => DefaultSkip,
        };
        skip.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }] && !(int.TryParse(text, out int number) && number is >= 0 and <= MaxSkip))
                given.AddError($"--skip-addresses is a number from 0 to {MaxSkip}.");
        });
        Command command = new("restore", "Puts a backup into an account that no gateway runs on.") { folder, force, skip };
        command.SetAction((parsed, cancellation) => SayingWhyNotAsync(output, () => new Restore(Tables(), Queue(), output).RunAsync(
            new(parsed.GetValue(folder)!), parsed.GetValue(force), parsed.GetValue(skip), cancellation)));
        return command;
    }

    private static Command Reconcile(TextWriter output)
    {
        Command command = new("reconcile", "Proves that every invoice's state, timeline, ledger, watch and index agree.");
        command.SetAction((_, cancellation) => SayingWhyNotAsync(
            output, () => new Reconcile(Tables(), TimeProvider.System, BetweenReads, output).RunAsync(cancellation)));
        return command;
    }

    private static async Task<int> SayingWhyNotAsync(TextWriter output, Func<Task<bool>> run)
    {
        try
        {
            return await run() ? 0 : 1;
        }
        catch (Exception refused) when (refused is RefusedException or SettingsException or IOException or Azure.RequestFailedException)
        {
            return await NotDoneAsync(output, refused.Message);
        }
        catch (AggregateException tried) when (tried.InnerExceptions.All(each => each is Azure.RequestFailedException or IOException))
        {
            return await NotDoneAsync(output, "The storage account does not answer: " + tried.InnerExceptions[^1].Message);
        }
    }

    private static async Task<int> NotDoneAsync(TextWriter output, string why)
    {
        await output.WriteLineAsync("Not done: " + why.Split('\n')[0]);
        return 1;
    }

    private static TableServiceClient Tables() => Client(() => StorageClients.Tables(Environment, Identity));

    private static DeliveryQueue Queue() => new(Client(() => StorageClients.Queues(Environment, Identity)));

    /// <summary>What the libraries say of a connection string that is none may hold a part of it, which may be a key.</summary>
    private static T Client<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw new RefusedException("AzureWebJobsStorage is no connection string of a storage account.");
        }
    }

    private static IConfiguration Environment => new ConfigurationBuilder().AddEnvironmentVariables().Build();

    private static TokenCredential Identity { get; } = new DefaultAzureCredential();
}

/// <summary>What was asked for is not done, and why.</summary>
internal sealed class RefusedException(string message) : Exception(message);
