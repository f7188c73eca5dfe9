using System.Numerics;
using System.Text.Json;
using Nethereum.Contracts.Standards.ERC20.ContractDefinition;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Credits transfers of tokens marked <see cref="NetworkAsset.VerifyBalance"/> only up to the amount by which the
/// recipient's balance rose in their block, so that a fee that the token keeps, or a log of a transfer that did not
/// happen, is credited to nobody.
/// </summary>
internal sealed class EvmBalanceCheck(Network network, JsonRpc rpc)
{
    private readonly Dictionary<string, string> _tokens = network.Assets
        .Where(listed => listed.VerifyBalance)
        .ToDictionary(listed => listed.Asset.Id, listed => listed.Contract!, StringComparer.Ordinal);

    /// <summary>Returns the data of a <c>balanceOf</c> call. Source: ERC-20.</summary>
    public static string BalanceOf(string owner) => ContractAbi.DataOf(new BalanceOfFunction { Owner = owner });

    /// <summary>
    /// Returns the blocks with these transfers credited by balance; calls the node only if there are any.
    /// </summary>
    public async Task<IReadOnlyList<ChainBlock>> CheckAsync(
        IReadOnlyList<ChainBlock> blocks, Found found, long byHashAbove, CancellationToken cancellation)
    {
        if (_tokens.Count == 0)
            return blocks;
        List<ChainBlock> read = [];
        foreach (ChainBlock block in blocks)
        {
            bool isNear = block.Height > byHashAbove;
            List<ChainTransfer> transfers = [.. block.Transfers.Where(transfer => !_tokens.ContainsKey(transfer.Asset.Id))];
            foreach (var same in block.Transfers
                .Where(transfer => _tokens.ContainsKey(transfer.Asset.Id))
                .GroupBy(transfer => (Token: _tokens[transfer.Asset.Id], transfer.Recipient)))
            {
                BigInteger? risen = found.HasSent(block.Hash, same.Key.Token, same.Key.Recipient)
                    ? null
                    : await RisenAsync(same.Key.Token, same.Key.Recipient, block, isNear, cancellation);
                transfers.AddRange(Credit(same, risen));
            }
            read.Add(block with { Transfers = transfers });
        }
        return read;
    }

    /// <summary>Credits in order until the rise is used up; if the rise is unknown, all are ambiguous.</summary>
    private IEnumerable<ChainTransfer> Credit(IEnumerable<ChainTransfer> transfers, BigInteger? risen)
    {
        foreach (ChainTransfer transfer in transfers)
        {
            if (risen is not { } left)
            {
                yield return transfer with { IsAmbiguous = true };
                continue;
            }
            BigInteger credited = BigInteger.Min(transfer.Amount, left);
            risen = left - credited;
            if (credited > 0)
                yield return transfer with { Amount = credited };
            else
                IgnoredTransfers.Count(network.Name, IgnoredTransfers.NotInBalance);
        }
    }

    /// <summary>
    /// Returns how much the balance rose in a block, at least zero; null if that is unknown. Near the head, the next
    /// poll asks a failing node again; a node without state that old will never answer.
    /// </summary>
    private async Task<BigInteger?> RisenAsync(
        string token, string recipient, ChainBlock block, bool isNear, CancellationToken cancellation)
    {
        RpcCall BalanceAt(string hash) =>
            new("eth_call", new { to = token, data = BalanceOf(recipient) }, new { blockHash = hash });
        RpcAnswer<JsonElement>[] answers =
            await rpc.BatchAsync<JsonElement>([BalanceAt(block.ParentHash), BalanceAt(block.Hash)], cancellation);
        if (Array.Find(answers, answer => answer.Error is not null)?.Error is { } error)
            return isNear && error.Code != EvmFailures.Reverted
                ? throw new ChainUnknownException(network.Name, $"balanceOf: {error.Message} ({error.Code})")
                : null;
        // A contract that does not exist yet returns no data, which means zero.
        BigInteger[] balances = [.. answers.Select(answer => ContractAbi.NumberOf(rpc.Read<string>(answer.Result)))];
        return BigInteger.Max(0, balances[1] - balances[0]);
    }

}
