using System.Numerics;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Model;

namespace Nethereum.Signer;

/// <summary>Signs transactions that carry a type byte.</summary>
public class TypeTransactionSigner<T>
    where T : SignedTypeTransaction
{
    /// <summary>Puts the signature into the transaction and gives its bytes as hex without a prefix.</summary>
    public string SignTransaction(string privateKey, T transaction)
    {
        transaction.SetSignature(new EthECKey(privateKey).SignAndCalculateYParityV(transaction.RawHash));
        return transaction.GetRLPEncoded().ToHex();
    }
}

/// <summary>Signs transactions of EIP-1559.</summary>
public class Transaction1559Signer : TypeTransactionSigner<Transaction1559>
{
}

/// <summary>Signs transactions of EIP-155, for chains without a base fee.</summary>
public class LegacyTransactionSigner
{
    /// <summary>A signed transaction's bytes as hex without a prefix.</summary>
    public string SignTransaction(
        string privateKey,
        BigInteger chainId,
        string to,
        BigInteger amount,
        BigInteger nonce,
        BigInteger gasPrice,
        BigInteger gasLimit,
        string data)
    {
        LegacyTransaction155 transaction = new(to, amount, nonce, gasPrice, gasLimit, data, chainId);
        transaction.SetSignature(new EthECKey(privateKey).SignAndCalculateV(transaction.RawHash, chainId));
        return transaction.GetRLPEncoded().ToHex();
    }
}
