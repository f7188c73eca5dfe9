using System.Text.Json;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>Who paid whom within a block's transactions, by both kinds of traces that nodes offer.</summary>
public sealed class EvmTracesTests
{
    private const string Us = "0x00000000000000000000000000000000000000aa";
    private const string Shop = "0x00000000000000000000000000000000000000cc";
    private const string Payer = "0x00000000000000000000000000000000000000ee";
    private static readonly BlockReference Block = new(7, "0xb7", DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task The_calls_of_a_transaction_that_pay_us_add_up()
    {
        TracedPayment payment = Assert.Single(await CallsAsync($$"""
            [{ "txHash": "0xA1", "result": { "type": "CALL", "from": "{{Payer}}", "to": "{{Shop}}", "value": "0x9", "calls": [
                { "type": "CALL", "from": "{{Shop}}", "to": "{{Us}}", "value": "0x5" },
                { "type": "CALL", "from": "{{Shop}}", "to": "{{Payer}}", "value": "0x1" },
                { "type": "DELEGATECALL", "from": "{{Shop}}", "to": "{{Us}}", "value": "0x5" },
                { "type": "STATICCALL", "from": "{{Shop}}", "to": "{{Us}}" },
                { "type": "SELFDESTRUCT", "from": "{{Shop}}", "to": "{{Us}}", "value": "0x2" }] } }]
            """));
        Assert.Equal(("0xa1", Shop, 7), (payment.TransactionHash, payment.From, (int)payment.Amount));
    }

    [Fact]
    public async Task What_a_failed_call_did_is_undone_and_a_transactions_own_payment_is_no_news() =>
        Assert.Empty(await CallsAsync($$"""
            [{ "txHash": "0xa1", "result": { "type": "CALL", "from": "{{Payer}}", "to": "{{Us}}", "value": "0x9" } },
             { "txHash": "0xa2", "result": { "type": "CALL", "from": "{{Payer}}", "to": "{{Shop}}", "calls": [
                { "type": "CALL", "from": "{{Shop}}", "to": "{{Shop}}", "error": "execution reverted", "calls": [
                    { "type": "CALL", "from": "{{Shop}}", "to": "{{Us}}", "value": "0x5" }] }] } },
             { "txHash": "0xa3", "result": { "type": "CALL", "from": "{{Payer}}", "to": "{{Shop}}", "error": "out of gas", "calls": [
                { "type": "CALL", "from": "{{Shop}}", "to": "{{Us}}", "value": "0x5" }] } },
             { "txHash": "0xa4", "error": "a trace that failed" }]
            """));

    [Fact]
    public async Task Flat_traces_say_the_same()
    {
        IReadOnlyList<TracedPayment> payments = await TracesAsync(
            Trace("0xA1", "[]", Payer, Us, "0x9"),
            Trace("0xA2", "[]", Payer, Shop, "0x9"),
            Trace("0xA2", "[0]", Shop, Us, "0x5"),
            Trace("0xA2", "[1]", Shop, Us, "0x6", callType: "delegatecall"),
            Trace("0xA2", "[2]", Shop, Shop, "0x0", error: "Reverted"),
            Trace("0xA2", "[2,0]", Shop, Us, "0x7"),
            Trace("0xA2", "[3]", Shop, Us, "0x8", block: "0xb8"),
            $$"""
            { "type": "suicide", "transactionHash": "0xA3", "traceAddress": [0, 1], "blockHash": "0xb7",
              "action": { "address": "{{Shop}}", "refundAddress": "{{Us}}", "balance": "0x4" } }
            """,
            """{ "type": "reward", "traceAddress": [], "blockHash": "0xb7", "action": { "value": "0x1" } }""");
        Assert.Equal([("0xa2", 5), ("0xa3", 4)], payments.Select(paid => (paid.TransactionHash, (int)paid.Amount)));
        Assert.All(payments, paid => Assert.Equal(Shop, paid.From));
    }

    [Fact]
    public async Task A_node_that_does_not_trace_tells_nothing_and_fails_nobody() =>
        Assert.Empty(await ReadAsync((_, _) => new FakeNode.Refused(-32601, "the method does not exist")));

    private static Task<IReadOnlyList<TracedPayment>> CallsAsync(string answer) => ReadAsync(
        (method, _) => method == "debug_traceBlockByHash"
            ? JsonElement.Parse(answer)
            : throw new ArgumentException(method));

    private static Task<IReadOnlyList<TracedPayment>> TracesAsync(params string[] traces) => ReadAsync(
        (method, _) => method == "trace_block"
            ? JsonElement.Parse($"[{string.Join(',', traces)}]")
            : new FakeNode.Refused(-32601, "the method does not exist"));

    private static string Trace(
        string transaction, string at, string from, string to, string value, string callType = "call",
        string? error = null, string block = "0xb7") => JsonSerializer.Serialize(new
        {
            type = "call",
            transactionHash = transaction,
            traceAddress = JsonElement.Parse(at),
            blockHash = block,
            error,
            action = new { from, to, value, callType },
        });

    private static async Task<IReadOnlyList<TracedPayment>> ReadAsync(Func<string, JsonElement, object?> answer)
    {
        using HttpClient http = new(new FakeNode(answer));
        return await new EvmTraces(new JsonRpc("anvil", new Uri("http://127.0.0.1:1"), http, null, TimeProvider.System))
            .ReadAsync(Block, Us, CancellationToken.None);
    }
}
