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
/// The operators' commands. They use the account of <c>AzureWebJobsStorage</c> in the environment, like the gateway: a connection
/// string, or <c>AzureWebJobsStorage__accountName</c> with the identity that is signed in.
/// </summary>
internal static class Commands
{
    private const int MaxSkip = 1_000_000;

    /// <summary>Long enough for a commit that was under way to complete.</summary>
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);

    /// <summary>Exit code 0: done without differences. 1: differences, or nothing was done.</summary>
    public static RootCommand Root(TextWriter output) => new("Backs up, restores, reconciles and repairs a gateway's storage.")
    {
        Backup(output), Restore(output), Reconcile(output), Reread(output),
    };

    private static Command Backup(TextWriter output)
    {
        Argument<string> folder = new("folder") { Description = "the folder to create" };
        Command command = new("backup", "Copies every table of the gateway into a folder; the gateway can keep running.") { folder };
        command.SetAction((parsed, cancellation) => SayingWhyNotAsync(
            output, () => new Backup(Tables(), output).RunAsync(new(parsed.GetValue(folder)!), cancellation)));
        return command;
    }

    private static Command Restore(TextWriter output)
    {
        Argument<string> folder = new("folder") { Description = "a folder that backup created" };
        Option<bool> force = new("--force") { Description = "restore into tables that are not empty; replaces rows with the same keys" };
        Option<int?> skip = new("--skip-addresses")
        {
            Description = "the number of Bitcoin addresses per account key that may have been given out since the backup; they are skipped. "
                + "Without it, nothing is restored and a number is proposed",
        };
        skip.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }] && !(int.TryParse(text, out int number) && number is >= 0 and <= MaxSkip))
                given.AddError($"--skip-addresses must be a number from 0 to {MaxSkip}.");
        });
        Command command = new("restore", "Restores a backup into an account that no gateway is using.") { folder, force, skip };
        command.SetAction((parsed, cancellation) => SayingWhyNotAsync(output, () => new Restore(Tables(), Queue(), TimeProvider.System, output).RunAsync(
            new(parsed.GetValue(folder)!), parsed.GetValue(force), parsed.GetValue(skip), cancellation)));
        return command;
    }

    private static Command Reconcile(TextWriter output)
    {
        Command command = new("reconcile", "Checks that every invoice's state, timeline, ledger, watch and index agree.");
        command.SetAction((_, cancellation) => SayingWhyNotAsync(
            output, () => new Reconcile(Tables(), TimeProvider.System, BetweenReads, output).RunAsync(cancellation)));
        return command;
    }

    private static Command Reread(TextWriter output)
    {
        Argument<string> network = new("network") { Description = "the network's short name, such as polygon" };
        Argument<long?> height = new("height")
        {
            Description = "the block to go back to, one of those that the command lists without it",
            DefaultValueFactory = _ => null,
        };
        Command command = new("reread", "Reads a network again from an earlier block, after a reorg too deep to follow.") { network, height };
        command.SetAction((parsed, cancellation) => SayingWhyNotAsync(output, () => new Reread(Tables(), output).RunAsync(
            parsed.GetValue(network)!, parsed.GetValue(height), cancellation)));
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
            return await NotDoneAsync(output, "The storage account does not respond: " + tried.InnerExceptions[^1].Message);
        }
    }

    private static async Task<int> NotDoneAsync(TextWriter output, string why)
    {
        await output.WriteLineAsync("Not done: " + why.Split('\n')[0]);
        return 1;
    }

    private static TableServiceClient Tables() => Client(() => StorageClients.Tables(Environment, Identity));

    private static DeliveryQueue Queue() => new(Client(() => StorageClients.Queues(Environment, Identity)));

    /// <summary>Replaces the library's error for an invalid connection string, which may quote part of it, even a key.</summary>
    private static T Client<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw new RefusedException("AzureWebJobsStorage is not a connection string of a storage account.");
        }
    }

    private static IConfiguration Environment => new ConfigurationBuilder().AddEnvironmentVariables().Build();

    private static TokenCredential Identity { get; } = new DefaultAzureCredential();
}

/// <summary>The command was refused; the message says why.</summary>
internal sealed class RefusedException(string message) : Exception(message);
