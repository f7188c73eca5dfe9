using System.Text.RegularExpressions;
using CoinPay.Core;
using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>
/// A merchant's settlement address, to which each invoice's own contract (CREATE2) forwards what it receives.
/// </summary>
public sealed partial class ForwarderWallet : IWalletKind
{
    private const string SettlementAddress = "settlement_address";
    private const int AddressLength = 42;

    public string Name => "forwarder";

    public IReadOnlyList<WalletField> Fields { get; } = [new(SettlementAddress, AddressLength)];

    public bool HasIndexes => false;

    public WalletKey? Read(Network network, IReadOnlyDictionary<string, string> said, Action<string, string> refuse)
    {
        if (!said.TryGetValue(SettlementAddress, out string? address))
            return null;
        if (Mistake(address) is { } mistake)
        {
            refuse(SettlementAddress, mistake);
            return null;
        }
        string checksummed = AddressUtil.Current.ConvertToChecksumAddress(address);
        return new(
            new Dictionary<string, string>(StringComparer.Ordinal) { [SettlementAddress] = checksummed }, Canonical: null, checksummed);
    }

    public string? DestinationOf(IReadOnlyDictionary<string, string> fields) => fields[SettlementAddress];

    public string? FindLoss(string destination, IReadOnlyList<Network> offered) => UnpayableAddresses.Find(destination, offered);

    public IReadOnlyList<string> AddressesFrom(Network network, IReadOnlyDictionary<string, string> fields, long first, int count) => [];

    public InvoiceAddress AddressOf(
        Network network, IReadOnlyDictionary<string, string> fields, string invoiceId, long? index)
    {
        string settlement = fields[SettlementAddress];
        ForwarderAddress forwarder = ForwarderAddress.Compute(network.Factory!, settlement, ForwarderAddress.SaltOf(invoiceId));
        return new(
            forwarder.Address,
            new ForwarderDerivation(network.Factory!, forwarder.Salt, forwarder.InitCodeHash, settlement),
            settlement);
    }

    private static string? Mistake(string address)
    {
        if (!AddressForm().IsMatch(address))
            return "0x and 40 hex digits.";
        string hex = address[2..];
        bool mixedCase = hex.Any(char.IsAsciiLetterUpper) && hex.Any(char.IsAsciiLetterLower);
        return mixedCase && !AddressUtil.Current.IsChecksumAddress(address)
            ? "The checksum (EIP-55) is wrong: a character might be mistyped."
            : null;
    }

    [GeneratedRegex(@"\A0x[0-9a-fA-F]{40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AddressForm();
}
