using System.Numerics;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Finds tokens that no log has shown: at one block, what an address holds plus what its forwarder has paid out, minus what is known
/// to have arrived. Tokens that are credited by balance anyway (<see cref="NetworkAsset.VerifyBalance"/>) are left out, because their
/// balances change by themselves.
/// </summary>
internal sealed class EvmTokenBalances(Network network, JsonRpc rpc)
{
    private const int CallsPerBatch = 500;

    private readonly NetworkAsset[] _tokens =
        [.. network.Assets.Where(listed => listed is { Contract: not null, VerifyBalance: false })];

    private readonly EvmHistory _history = new(network, rpc);

    public async Task<IReadOnlyList<SweptTransfer>> RunAsync(
        IReadOnlyList<TokenHolder> holders, ChainHead head, CancellationToken cancellation)
    {
        List<SweptTransfer> found = [];
        if (_tokens.Length == 0)
            return found;
        _history.BeginSweep();
        foreach (TokenHolder[] chunk in holders.Chunk(CallsPerBatch))
        {
            // An invoice's contract exists only after it was emptied, so tokens may have arrived and left.
            bool[] isDeployed = await AreDeployedAsync(chunk, head, cancellation);
            foreach (NetworkAsset token in _tokens)
                foreach ((int index, BigInteger held) in (await ReadAsync(token, chunk, head, cancellation)).Index())
                    if ((!held.IsZero || isDeployed[index])
                        && await UnexplainedAsync(chunk[index], token, held, isDeployed[index], head, cancellation) is var amount
                        && amount >= BigInteger.Max(token.Dust, BigInteger.One))
                        found.Add(Ambiguous(token, chunk[index], amount, head));
        }
        return found;
    }

    private async Task<BigInteger> UnexplainedAsync(
        TokenHolder holder, NetworkAsset token, BigInteger held, bool isDeployed, ChainHead head, CancellationToken cancellation)
    {
        KnownTokens known = await holder.KnownAsync(token);
        BigInteger unexplained = held - known.Recorded - known.Ignored;
        if (!isDeployed)
            return unexplained;
        long first = await _history.BlockBeforeAsync(holder.WatchedSince, head, cancellation);
        foreach (Flushed flush in await _history.FlushesAsync(holder.Recipient, token.Contract!, first, head.Height, cancellation))
            unexplained += flush.Amount;
        return unexplained;
    }

    private async Task<bool[]> AreDeployedAsync(TokenHolder[] holders, ChainHead head, CancellationToken cancellation)
    {
        RpcAnswer<string>[] answers = await rpc.BatchAsync<string>(
            [.. holders.Select(holder => new RpcCall("eth_getCode", holder.Recipient, new { blockHash = head.Hash }))], cancellation);
        return [.. answers.Select(answer => rpc.ResultOf(answer, "eth_getCode") != "0x")];
    }

    /// <summary>A token whose own code fails has no balances; every other error leaves them unknown.</summary>
    private async Task<BigInteger[]> ReadAsync(
        NetworkAsset token, TokenHolder[] holders, ChainHead head, CancellationToken cancellation)
    {
        RpcAnswer<string>[] answers = await rpc.BatchAsync<string>(
            [
                .. holders.Select(holder => new RpcCall(
                    "eth_call", new { to = token.Contract, data = EvmBalanceCheck.BalanceOf(holder.Recipient) }, new { blockHash = head.Hash })),
            ],
            cancellation);
        return
        [
            .. answers.Select(answer => answer.Error is { } error && EvmFailures.IsOfContract(error)
                ? BigInteger.Zero
                : ContractAbi.NumberOf(rpc.ResultOf(answer, "balanceOf"))),
        ];
    }

    private static SweptTransfer Ambiguous(NetworkAsset token, TokenHolder holder, BigInteger amount, ChainHead head) => new(
        new(token.Asset, holder.Recipient, null, head.Hash, $"{token.Contract!.ToLowerInvariant()}.{EvmBalanceSweep.BalanceOrdinal}", amount)
        {
            IsAmbiguous = true,
        },
        new(head.Height, head.Hash, head.Time));
}
