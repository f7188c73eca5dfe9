using System.Numerics;
using Nethereum.ABI;
using Nethereum.ABI.Decoders;
using Nethereum.Contracts;
using Nethereum.Hex.HexConvertors.Extensions;

namespace CoinPay.Chains.Evm;

/// <summary>
/// What contracts are called with and what their answers and logs hold, encoded and decoded by Nethereum. Source: the
/// contract ABI specification of the Solidity documentation.
/// </summary>
internal static class ContractAbi
{
    private static readonly ABIEncode Encoder = new();
    private static readonly IntTypeDecoder Numbers = new();
    private static readonly AddressTypeDecoder Addresses = new();

    /// <summary>The data of a call: the function's selector and its arguments.</summary>
    public static string DataOf<TFunction>(TFunction call)
        where TFunction : FunctionMessage, new() => call.GetCallData().ToHex(prefix: true);

    /// <summary>An address as a topic: what a filter asks for when the argument is indexed.</summary>
    public static string TopicOf(string address) =>
        Encoder.GetABIEncoded(new ABIValue("address", address)).ToHex(prefix: true);

    /// <summary>The address in a topic, in lower case.</summary>
    public static string AddressOf(string topic) =>
        ((string)Addresses.Decode(topic.HexToByteArray(), typeof(string))).ToLowerInvariant();

    /// <summary>The unsigned number in an answer or in a log's data; zero if there is no data at all.</summary>
    /// <exception cref="FormatException">The text is not <c>0x</c> and hex digits.</exception>
    public static BigInteger NumberOf(string data) => data.HasHexPrefix()
        ? Numbers.DecodeBigInteger(data)
        : throw new FormatException("Data without 0x.");
}
