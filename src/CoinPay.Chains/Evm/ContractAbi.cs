using System.Numerics;
using Nethereum.ABI;
using Nethereum.ABI.Decoders;
using Nethereum.Contracts;
using Nethereum.Hex.HexConvertors.Extensions;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Encodes contract calls and decodes their answers and logs with Nethereum. Source: the contract ABI specification of
/// the Solidity documentation.
/// </summary>
internal static class ContractAbi
{
    private static readonly ABIEncode Encoder = new();
    private static readonly IntTypeDecoder Numbers = new();
    private static readonly AddressTypeDecoder Addresses = new();

    /// <summary>Returns the data of a call: the function's selector and its arguments.</summary>
    public static string DataOf<TFunction>(TFunction call)
        where TFunction : FunctionMessage, new() => call.GetCallData().ToHex(prefix: true);

    /// <summary>Returns an address as a topic, for filtering by an indexed argument.</summary>
    public static string TopicOf(string address) =>
        Encoder.GetABIEncoded(new ABIValue("address", address)).ToHex(prefix: true);

    /// <summary>Returns the address in a topic, in lower case.</summary>
    public static string AddressOf(string topic) =>
        ((string)Addresses.Decode(topic.HexToByteArray(), typeof(string))).ToLowerInvariant();

    /// <summary>Returns the unsigned number in an answer or in a log's data; zero if there is no data.</summary>
    /// <exception cref="FormatException">The text is not <c>0x</c> and hex digits.</exception>
    public static BigInteger NumberOf(string data) => data.HasHexPrefix()
        ? Numbers.DecodeBigInteger(data)
        : throw new FormatException("The data does not start with 0x.");
}
