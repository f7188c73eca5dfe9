using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Cli;

/// <summary>What cannot be done is said in one line that names it, with no stack trace.</summary>
public sealed class RefusedCommandTests
{
    /// <summary>Not a key of anything: base64 of the word nothing.</summary>
    private const string Account = "DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=bm90aGluZw==;";

    [Fact]
    public async Task An_account_that_is_no_connection_string_is_not_repeated()
    {
        (int code, string output) = await OperationsProcess.RunAsync("AccountKey:precious", "reconcile");
        Assert.Equal((1, "Not done: AzureWebJobsStorage is not a connection string of a storage account."), (code, output.TrimEnd()));
    }

    [Fact]
    public async Task An_account_that_does_not_answer_is_said_to_be_that()
    {
        int port = LocalProcess.FreePort();
        (int code, string output) = await OperationsProcess.RunAsync(
            Account + $"TableEndpoint=http://127.0.0.1:{port}/nobody;QueueEndpoint=http://127.0.0.1:{port}/nobody;", "reconcile");
        Assert.Equal(1, code);
        Assert.StartsWith("Not done: The storage account does not respond: ", output, StringComparison.Ordinal);
        Assert.Single(output.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("1000001")]
    public async Task A_number_of_addresses_that_is_none_is_refused(string number)
    {
        (int code, string _) = await OperationsProcess.RunAsync(Account, "restore", "folder", "--skip-addresses=" + number);
        Assert.Equal(1, code); // A crash ends otherwise, by a signal.
    }
}
