namespace CoinPay.Chains.Evm;

/// <summary>Tells a contract's failure from a node's.</summary>
internal static class EvmFailures
{
    /// <summary>eth_call's code for a revert. Source: https://ethereum.github.io/execution-apis/</summary>
    public const int Reverted = 3;

    /// <summary>What geth, Nethermind, Erigon, reth and anvil write when the code itself fails, under various codes.</summary>
    private static readonly string[] Words =
        ["revert", "invalid opcode", "out of gas", "invalid jump", "stack underflow", "stack limit", "EVM error", "VM execution error"];

    /// <summary>Whether the called code failed. Every other error says nothing about the contract.</summary>
    public static bool IsOfContract(RpcError error) =>
        error.Code == Reverted || Words.Any(word => error.Message?.Contains(word, StringComparison.OrdinalIgnoreCase) == true);
}
