using System.Buffers;
using System.Numerics;

namespace CoinPay.Chains.Evm;

/// <summary>
/// <c>Transfer(address indexed from, address indexed to, uint256 value)</c> read from a log. A log in any other form is
/// not one: any contract can emit anything under this topic (an ERC-721 has four topics). Source: ERC-20.
/// </summary>
internal sealed record TransferLog(string Token, string From, string To, BigInteger Amount)
{
    /// <summary>keccak256("Transfer(address,address,uint256)")</summary>
    public const string Topic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private const int WordLength = 66;
    private const string AddressPadding = "0x000000000000000000000000";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static TransferLog? Read(EvmLog log)
    {
        bool isTransfer = !log.Removed
            && log.Topics is [Topic, _, _]
            && IsAddress(log.Topics[1])
            && IsAddress(log.Topics[2])
            && IsWord(log.Data);
        return isTransfer
            ? new(
                log.Address.ToLowerInvariant(),
                ContractAbi.AddressOf(log.Topics[1]),
                ContractAbi.AddressOf(log.Topics[2]),
                ContractAbi.NumberOf(log.Data))
            : null;
    }

    private static bool IsWord(string text) =>
        text.Length == WordLength
        && text.StartsWith("0x", StringComparison.Ordinal)
        && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0;

    private static bool IsAddress(string topic) =>
        IsWord(topic) && topic.StartsWith(AddressPadding, StringComparison.Ordinal);
}
