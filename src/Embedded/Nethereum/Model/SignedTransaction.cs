using System.Numerics;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.RLP;
using Nethereum.Util;

namespace Nethereum.Model;

/// <summary>A transaction with room for a signature.</summary>
public abstract class SignedTransaction
{
    /// <summary>The hash that is signed.</summary>
    public virtual byte[] RawHash => Sha3Keccack.Current.CalculateHash(GetRLPEncodedRaw());

    /// <summary>The transaction's id; the transaction must be signed.</summary>
    public virtual byte[] Hash => Sha3Keccack.Current.CalculateHash(GetRLPEncoded());

    public virtual ISignature? Signature { get; protected set; }

    /// <summary>The bytes that go to a node.</summary>
    public abstract byte[] GetRLPEncoded();

    /// <summary>The bytes that are hashed and signed.</summary>
    public abstract byte[] GetRLPEncodedRaw();

    public abstract void SetSignature(ISignature signature);

    private protected static byte[] Number(BigInteger? number) => Rlp.Number(number ?? 0);

    private protected static byte[] Number(byte[] bigEndian) =>
        Rlp.Number(new BigInteger(bigEndian, isUnsigned: true, isBigEndian: true));

    private protected static byte[] Hex(string? hex) => Rlp.Element((hex ?? "").HexToByteArray());
}

/// <summary>A transaction of EIP-2718: a type byte before its fields.</summary>
public abstract class SignedTypeTransaction : SignedTransaction
{
    public override void SetSignature(ISignature signature) => Signature = signature;
}

/// <summary>An entry of an access list. Source: EIP-2930.</summary>
public class AccessListItem
{
    public AccessListItem(string address, List<byte[]> storageKeys)
    {
        Address = address;
        StorageKeys = storageKeys;
    }

    public string Address { get; set; }

    public List<byte[]> StorageKeys { get; set; }
}

/// <summary>A transaction with a priority fee above a base fee that is burnt. Source: EIP-1559.</summary>
public class Transaction1559 : SignedTypeTransaction
{
    private const byte Type = 2;

    public Transaction1559(
        BigInteger chainId,
        BigInteger? nonce,
        BigInteger? maxPriorityFeePerGas,
        BigInteger? maxFeePerGas,
        BigInteger? gasLimit,
        string? receiverAddress,
        BigInteger? amount,
        string? data,
        List<AccessListItem>? accessList)
    {
        ChainId = chainId;
        Nonce = nonce;
        MaxPriorityFeePerGas = maxPriorityFeePerGas;
        MaxFeePerGas = maxFeePerGas;
        GasLimit = gasLimit;
        ReceiverAddress = receiverAddress;
        Amount = amount;
        Data = data;
        AccessList = accessList ?? [];
    }

    public BigInteger ChainId { get; }

    public BigInteger? Nonce { get; }

    public BigInteger? MaxPriorityFeePerGas { get; }

    public BigInteger? MaxFeePerGas { get; }

    public BigInteger? GasLimit { get; }

    /// <summary>Null or empty for the making of a contract.</summary>
    public string? ReceiverAddress { get; }

    public BigInteger? Amount { get; }

    public string? Data { get; }

    public List<AccessListItem> AccessList { get; }

    public override byte[] GetRLPEncodedRaw() => [Type, .. Rlp.List(Fields())];

    public override byte[] GetRLPEncoded() => Signature is null
        ? GetRLPEncodedRaw()
        : [Type, .. Rlp.List([.. Fields(), Number(Signature.V), Number(Signature.R), Number(Signature.S)])];

    private byte[][] Fields() =>
    [
        Number(ChainId), Number(Nonce), Number(MaxPriorityFeePerGas), Number(MaxFeePerGas), Number(GasLimit),
        Hex(ReceiverAddress), Number(Amount), Hex(Data), Rlp.List([.. AccessList.Select(Encoded)]),
    ];

    private static byte[] Encoded(AccessListItem item) =>
        Rlp.List(Hex(item.Address), Rlp.List([.. item.StorageKeys.Select(Rlp.Element)]));
}

/// <summary>A transaction with one gas price, bound to a chain by its signature. Source: EIP-155.</summary>
internal sealed class LegacyTransaction155 : SignedTransaction
{
    private readonly byte[][] _fields;
    private readonly BigInteger _chainId;

    public LegacyTransaction155(
        string to,
        BigInteger amount,
        BigInteger nonce,
        BigInteger gasPrice,
        BigInteger gasLimit,
        string data,
        BigInteger chainId)
    {
        _fields = [Number(nonce), Number(gasPrice), Number(gasLimit), Hex(to), Number(amount), Hex(data)];
        _chainId = chainId;
    }

    public override void SetSignature(ISignature signature) => Signature = signature;

    public override byte[] GetRLPEncodedRaw() => Rlp.List([.. _fields, Number(_chainId), Number(0), Number(0)]);

    public override byte[] GetRLPEncoded() => Signature is null
        ? GetRLPEncodedRaw()
        : Rlp.List([.. _fields, Number(Signature.V), Number(Signature.R), Number(Signature.S)]);
}
