using System.Buffers.Binary;
using System.Text.Json;
using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using NBitcoin.DataEncoders;
using Xunit;

namespace CoinPay.Acceptance.Chains;

public sealed class AccountKeyTests
{
    private const string Xpub =
        "xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V";

    [Fact]
    public async Task A_descriptor_gives_bitcoind_the_same_addresses()
    {
        await using Bitcoind node = await Bitcoind.StartAsync();
        byte[] data = Encoders.Base58Check.DecodeData(Xpub);
        BinaryPrimitives.WriteUInt32BigEndian(data, 0x045f1cf6);
        AccountKey key = AccountKey.Parse(TestNetworks.Bitcoin(), Encoders.Base58Check.EncodeData(data), out _)!;
        foreach (string? origin in (string?[])[null, "[d34db33f/84h/1h/0h]"])
        {
            JsonElement derived = await node.CallAsync("deriveaddresses", key.Descriptor(origin), new[] { 0, 20 });
            Assert.Equal(
                Enumerable.Range(0, 21).Select(index => key.AddressAt((uint)index)),
                derived.EnumerateArray().Select(address => address.GetString()));
        }
    }
}
