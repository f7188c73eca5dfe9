using System.Globalization;
using System.Numerics;
using System.Text.Json;
using CoinPay.Testing.Processes;
using Nethereum.Model;
using Nethereum.Signer;
using Nethereum.Util;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>Signed transactions, byte for byte.</summary>
public sealed class TransactionSigningTests
{
    /// <summary>Source: EIP-155, "Example".</summary>
    [Fact]
    public void The_example_of_EIP_155_is_signed_as_it_says() => Assert.Equal(
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a1"
        + "5d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
        new LegacyTransactionSigner().SignTransaction(
            "0x4646464646464646464646464646464646464646464646464646464646464646",
            BigInteger.One,
            "0x3535353535353535353535353535353535353535",
            BigInteger.Pow(10, 18),
            new BigInteger(9),
            new BigInteger(20_000_000_000),
            new BigInteger(21_000),
            ""));

    [Fact]
    public async Task Random_transactions_are_signed_as_ethers_signs_them()
    {
        foreach (JsonElement witnessed in await Witness.CasesAsync("transaction"))
        {
            Assert.Equal(witnessed.Text("from"), new EthECKey(witnessed.Text("key")).GetPublicAddress());
            Assert.Equal((witnessed.Text("signed"), $"{witnessed}"), ("0x" + Signed(witnessed), $"{witnessed}"));
        }
    }

    /// <summary>The hash that a node answers for the bytes: the last transaction's, over all of them.</summary>
    [Fact]
    public void A_signed_transaction_knows_its_hash()
    {
        Transaction1559 transaction = new(1, 0, 1, 1, 21_000, "0x3535353535353535353535353535353535353535", 0, "", []);
        string signed = new Transaction1559Signer().SignTransaction(
            "0x4646464646464646464646464646464646464646464646464646464646464646", transaction);
        Assert.Equal(
            Sha3Keccack.Current.CalculateHash(Convert.FromHexString(signed)), transaction.Hash);
        Assert.NotEqual(transaction.RawHash, transaction.Hash);
    }

    private static string Signed(JsonElement of)
    {
        BigInteger chain = Number(of, "chainId"), nonce = Number(of, "nonce");
        BigInteger gas = Number(of, "gasLimit"), value = Number(of, "value");
        return of.Text("type") == "0"
            ? new LegacyTransactionSigner().SignTransaction(
                of.Text("key"), chain, of.Text("to"), value, nonce, Number(of, "gasPrice"), gas, of.Text("data"))
            : new Transaction1559Signer().SignTransaction(
                of.Text("key"),
                new Transaction1559(
                    chain,
                    nonce,
                    Number(of, "maxPriorityFeePerGas"),
                    Number(of, "maxFeePerGas"),
                    gas,
                    of.Text("to"),
                    value,
                    of.Text("data"),
                    []));
    }

    private static BigInteger Number(JsonElement of, string name) =>
        BigInteger.Parse(of.Text(name), CultureInfo.InvariantCulture);
}
