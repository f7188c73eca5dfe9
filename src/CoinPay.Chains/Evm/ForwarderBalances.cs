using System.Numerics;
using System.Text.Json;
using Nethereum.Contracts.Standards.ERC20.ContractDefinition;

namespace CoinPay.Chains.Evm;

/// <summary>One token at one forwarder.</summary>
/// <param name="Token">The contract, or the zero address for the chain's coin.</param>
/// <param name="Amount">The balance; null if the contract refuses to say.</param>
internal sealed record ForwarderBalance(Forwarding Forwarding, string Forwarder, string Token, BigInteger? Amount);

/// <summary>
/// What there is to flush, and how much gas it takes to move it. Each transfer is estimated by itself, as the forwarder
/// will make it: an estimate of the whole flush stops at the least gas with which the flush succeeds, and it succeeds, by
/// leaving the money where it is, even if a settlement wallet runs out of gas.
/// </summary>
internal sealed class ForwarderBalances(Network network, JsonRpc rpc)
{
    /// <summary>What every transaction costs (EIP-2718), and a call inside the flush does not.</summary>
    private const int Intrinsic = 21_000;

    /// <summary>
    /// The forwarder's own part: a cold call that carries value to a new account (EIP-2929: 2,600, 9,000 and 25,000), the
    /// balance of a token, a log.
    /// </summary>
    private const int Overhead = 50_000;

    /// <summary>For a transfer that the estimate says will fail: enough to find out.</summary>
    private const int Allowance = 200_000;

    /// <summary>Returns the balances that are not known to be zero.</summary>
    /// <exception cref="ChainUnknownException">The node gave no usable answer.</exception>
    public async Task<IReadOnlyList<ForwarderBalance>> FindAsync(
        IReadOnlyList<Forwarding> forwardings, IReadOnlyList<string> tokens, CancellationToken cancellation)
    {
        (Forwarding Forwarding, string Forwarder, string Token)[] places =
        [
            .. from forwarding in forwardings
            let address = ForwarderAddress.Compute(network.Factory!, forwarding.SettlementAddress, forwarding.Salt).Address
            from token in tokens
            select (forwarding, address, token),
        ];
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [.. places.Select(place => BalanceOf(place.Forwarder, place.Token))], cancellation);
        return
        [
            .. places.Zip(answers, (place, answer) => new ForwarderBalance(
                place.Forwarding, place.Forwarder, place.Token, AmountIn(answer, place.Token)))
                .Where(balance => balance.Amount is not { IsZero: true }),
        ];
    }

    /// <summary>Returns the gas that moving the balances takes beyond an estimate of the whole flush.</summary>
    public async Task<BigInteger> GasAsync(IReadOnlyList<ForwarderBalance> balances, CancellationToken cancellation)
    {
        ForwarderBalance[] known = [.. balances.Where(balance => balance.Amount is not null)];
        RpcAnswer<JsonElement>[] answers =
            await rpc.BatchAsync<JsonElement>([.. known.Select(Transfer)], cancellation);
        return answers.Aggregate(
            BigInteger.Zero,
            (sum, answer) => sum + (answer.Error is null
                ? Quantity.Number(rpc.Read<string>(answer.Result)) - Intrinsic + Overhead
                : Allowance));
    }

    private static RpcCall BalanceOf(string forwarder, string token) => token == EvmAddress.NativeCoin
        ? new("eth_getBalance", forwarder, "latest")
        : new("eth_call", new { to = token, data = EvmBalanceCheck.BalanceOf(forwarder) }, "latest");

    private static RpcCall Transfer(ForwarderBalance balance)
    {
        (string from, string settlement) = (balance.Forwarder, balance.Forwarding.SettlementAddress);
        if (balance.Token == EvmAddress.NativeCoin)
            return new("eth_estimateGas", new { from, to = settlement, value = Quantity.Hex(balance.Amount!.Value) });
        string data = ContractAbi.DataOf(new TransferFunction { To = settlement, Value = balance.Amount!.Value });
        return new("eth_estimateGas", new { from, to = balance.Token, data });
    }

    private BigInteger? AmountIn(RpcAnswer<JsonElement> answer, string token)
    {
        if (answer.Error is { } error)
            return EvmFailures.IsOfContract(error)
                ? null
                : throw new ChainUnknownException(network.Name, $"the balance of {token}: {error.Message} ({error.Code})");
        string text = rpc.Read<string>(answer.Result);
        if (token == EvmAddress.NativeCoin)
            return Quantity.Number(text);
        // No contract, no data: which is not a balance.
        return text.Length > "0x".Length ? ContractAbi.NumberOf(text) : null;
    }
}
