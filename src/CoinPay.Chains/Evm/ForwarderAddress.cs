using Nethereum.ABI;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>
/// The address of one invoice on an EVM chain: where the factory would deploy, or has deployed, the forwarder to this
/// settlement address under this salt. Anyone can compute it from this record. Source: EIP-1014.
/// </summary>
/// <param name="Address">Checksummed (EIP-55).</param>
/// <param name="Salt">32 bytes of hex.</param>
/// <param name="InitCodeHash">
/// keccak256 of the forwarder's init code with the settlement address as its argument.
/// </param>
public sealed record ForwarderAddress(
    string Address, string Factory, string SettlementAddress, string Salt, string InitCodeHash)
{
    /// <summary>keccak256 of the invoice id's UTF-8 bytes, the same as <c>cast keccak inv_…</c>.</summary>
    public static string SaltOf(string invoiceId) => Sha3Keccack.Current.CalculateHash(invoiceId).EnsureHexPrefix();

    /// <summary>Returns the address that <c>ForwarderFactory.addressOf</c> returns for the same arguments.</summary>
    /// <exception cref="FormatException">
    /// The factory or the settlement address is not an address, or is the zero address.
    /// </exception>
    public static ForwarderAddress Compute(string factory, string settlementAddress, string salt) =>
        Compute(factory, settlementAddress, salt, ContractCode.Forwarder);

    /// <summary>
    /// Computes the address for other init code; the settlement address is appended as the constructor's only argument.
    /// </summary>
    public static ForwarderAddress Compute(string factory, string settlementAddress, string salt, string initCode)
    {
        string destination = Checked(settlementAddress);
        byte[] argument = new ABIEncode().GetABIEncoded(new ABIValue("address", destination));
        byte[] code = [.. initCode.HexToByteArray(), .. argument];
        string hash = Sha3Keccack.Current.CalculateHash(code).ToHex(prefix: true);
        string address = ContractUtils.CalculateCreate2AddressUsingByteCodeHash(Checked(factory), salt, hash);
        return new ForwarderAddress(
            AddressUtil.Current.ConvertToChecksumAddress(address), Checked(factory), destination, salt, hash);
    }

    private static string Checked(string address)
    {
        bool isAddress = AddressUtil.Current.IsValidEthereumAddressHexFormat(address)
            && address.AsSpan(2).ContainsAnyExcept('0');
        return isAddress
            ? AddressUtil.Current.ConvertToChecksumAddress(address)
            : throw new FormatException("This is not an EVM address that can be paid.");
    }
}
