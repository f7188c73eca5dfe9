using System.Collections.Frozen;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Addresses from which nobody can take money, as far as they are known without a node. Forwarders are shared by all EVM
/// networks, so an address that loses money on one of them is no destination on any.
/// </summary>
internal static class UnpayableAddresses
{
    private const int Digits = 40;

    /// <summary>The addresses of one range differ only in this many digits at the end.</summary>
    private const int RangeDigits = 4;

    /// <summary>Well-known addresses without an owner, to which coins and tokens are sent to destroy them.</summary>
    private static readonly FrozenSet<string> Burn = new[]
    {
        "dead000000000000000042069420694206942069",
        "deaddeaddeaddeaddeaddeaddeaddeaddeaddead",
        "00000000000000000000045261d4ee77acdb3286",
        "0123456789012345678901234567890123456789",
        "1234567890123456789012345678901234567890",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// The ranges that belong to the chains themselves. Sources: EIP-1352 for 0 to 0xffff, which include every precompile,
    /// Polygon's system contracts and 0x…dead; the OP Stack's predeploys and system addresses for Base
    /// (https://specs.optimism.io/protocol/predeploys.html).
    /// </summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        new string('0', Digits - RangeDigits),
        "42" + new string('0', Digits - RangeDigits - 2),
        string.Concat(Enumerable.Repeat("c0d3", (Digits - RangeDigits) / RangeDigits)),
        string.Concat(Enumerable.Repeat("dead", (Digits - RangeDigits) / RangeDigits)),
        new string('f', Digits - RangeDigits),
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Says what such an address is; null for any other.</summary>
    /// <param name="address"><c>0x</c> and 40 hex digits.</param>
    /// <param name="offered">The networks whose tokens and factories count.</param>
    public static string? Find(string address, IReadOnlyList<Network> offered)
    {
        string digits = address[2..].ToLowerInvariant();
        if (digits.All(digit => digit == '0'))
            return "This is the zero address, which belongs to nobody.";
        if (Burn.Contains(digits) || digits.EndsWith("000000dead", StringComparison.Ordinal) || digits.All(digit => digit == digits[0]))
            return "This is a burn address: nobody can take money from it.";
        if (Reserved.Contains(digits[..^RangeDigits]))
            return "This address is reserved for the chain's own contracts (precompiles and system contracts).";
        if (TokenAt(address, offered) is { } token)
            return $"This is the contract of the token {token}: what is sent to a token's own contract is lost.";
        return OwnContract(address, offered) is { } contract ? $"This is {contract}, which keeps no money for anyone." : null;
    }

    private static string? TokenAt(string address, IReadOnlyList<Network> offered) => (
        from network in offered
        from asset in network.Assets
        where IsSame(asset.Contract, address)
        select $"{asset.Asset.Symbol} on {network.Name}").FirstOrDefault();

    private static string? OwnContract(string address, IReadOnlyList<Network> offered) =>
        IsSame(ForwarderFactory.DeploymentProxy, address) ? "the deployment proxy"
        : IsSame(ForwarderFactory.Address, address) || offered.Any(network => IsSame(network.Factory, address)) ? "the forwarder factory"
        : null;

    private static bool IsSame(string? address, string other) => string.Equals(address, other, StringComparison.OrdinalIgnoreCase);
}
