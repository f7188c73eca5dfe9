using System.Diagnostics;
using System.Runtime.CompilerServices;
using CoinPay.Testing;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Contracts;

/// <summary>
/// The contracts of src/contracts on a real node, with ethers as the witness: each test is the function of the same name
/// in contracts-witness.mjs.
/// </summary>
public sealed class ContractTests : IAsyncLifetime
{
    private Anvil _anvil = null!;

    public async ValueTask InitializeAsync() => _anvil = await Anvil.StartAsync();

    public ValueTask DisposeAsync() => _anvil.DisposeAsync();

    [Fact]
    public async Task Recompiling_the_sources_gives_the_checked_in_bytes() =>
        await RunNodeAsync(Path.Combine(RepositoryFiles.Root, "scripts", "dev", "contracts.mjs"), "--check");

    [Fact]
    public Task The_factory_and_the_test_token_are_where_the_repository_says() => WitnessAsync();

    [Fact]
    public Task A_chain_without_the_deployment_proxy_gets_it_by_the_documented_transaction() => WitnessAsync();

    [Fact]
    public Task A_forwarder_stands_where_anyone_can_compute_it() => WitnessAsync();

    [Fact]
    public Task Deploying_twice_is_harmless() => WitnessAsync();

    [Fact]
    public Task Tokens_and_coins_paid_before_deployment_arrive_at_the_settlement_address() => WitnessAsync();

    [Fact]
    public Task A_second_flush_is_harmless_and_a_later_payment_can_be_flushed_again() => WitnessAsync();

    [Fact]
    public Task A_token_that_returns_nothing_is_flushed() => WitnessAsync();

    [Fact]
    public Task A_token_that_refuses_blocks_nothing_else_and_stays_where_it_is() => WitnessAsync();

    [Fact]
    public Task A_settlement_address_that_takes_no_coins_still_gets_its_tokens() => WitnessAsync();

    [Fact]
    public Task Nobody_can_send_the_money_anywhere_else() => WitnessAsync();

    [Fact]
    public Task A_plain_transfer_with_2300_gas_arrives() => WitnessAsync();

    [Fact]
    public Task The_zero_address_is_refused_as_a_settlement_address() => WitnessAsync();

    private Task WitnessAsync([CallerMemberName] string sentence = "") => RunNodeAsync(
        Path.Combine(RepositoryFiles.Root, "tests", "CoinPay.Acceptance", "Contracts", "contracts-witness.mjs"),
        _anvil.Rpc.ToString(),
        sentence);

    private static async Task RunNodeAsync(params string[] arguments)
    {
        using Process node = Process.Start(new ProcessStartInfo("node", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await output + await error);
    }
}
