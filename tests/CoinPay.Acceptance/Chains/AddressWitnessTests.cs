using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Testing;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>
/// Addresses compared with those of other people's libraries: bitcoinjs-lib, ethers, and the chain itself.
/// </summary>
public sealed class AddressWitnessTests
{
    [Fact]
    public async Task Addresses_below_random_account_keys_are_those_of_bitcoinjs()
    {
        foreach (JsonElement witnessed in await Witness.CasesAsync("address"))
        {
            string[] network = witnessed.Text("network").Split('/');
            Network ours = TestNetworks.Bitcoin(coin: network[0], chain: network[1]);
            AccountKey? key = AccountKey.Parse(ours, witnessed.Text("key"), out string? refusal);
            Assert.True(key is not null, $"{refusal} {witnessed}");
            string address = key.AddressAt(witnessed.GetProperty("index").GetUInt32());
            Assert.Equal((witnessed.Text("address"), $"{witnessed}"), (address, $"{witnessed}"));

            BitcoinChain chain = new(ours, TestNetworks.Http, null, TimeProvider.System);
            Assert.Equal(witnessed.Text("script"), chain.RecipientOf(address));
            foreach (JsonElement other in witnessed.GetProperty("others").EnumerateArray())
                Assert.Equal(other.Text("script"), chain.RecipientOf(other.Text("address")));
        }
    }

    [Fact]
    public async Task Addresses_of_random_forwarders_are_those_of_ethers()
    {
        string artifact = Path.Combine(RepositoryFiles.Root, "src/contracts/artifacts/Forwarder.json");
        foreach (JsonElement witnessed in await Witness.CasesAsync("create2", artifact))
        {
            string salt = ForwarderAddress.SaltOf(witnessed.Text("invoice"));
            ForwarderAddress ours =
                ForwarderAddress.Compute(witnessed.Text("factory"), witnessed.Text("settlement"), salt);
            Assert.Equal(
                new ForwarderAddress(
                    witnessed.Text("address"),
                    witnessed.Text("factory"),
                    witnessed.Text("settlement"),
                    witnessed.Text("salt"),
                    witnessed.Text("hash")),
                ours);
        }
    }

    [Fact]
    public async Task The_factory_computes_and_deploys_at_the_same_addresses()
    {
        const int forwarders = 10;
        await using Anvil anvil = await Anvil.StartAsync();
        Network network = TestNetworks.Evm(anvil.Rpc) with { Factory = ForwarderFactory.Address };
        using GasWallet wallet = new(network, TestNetworks.Http, Anvil.PublishedKeys[0], new FreeTurns(), TimeProvider.System);
        ForwarderFactory factory = new(network, TestNetworks.Http, wallet, TimeProvider.System);
        await factory.EnsureDeployedAsync(CancellationToken.None);

        ForwarderAddress[] ours = [.. Enumerable.Range(0, forwarders).Select(i => ForwarderAddress.Compute(
            network.Factory, "0x" + Guid.NewGuid().ToString("N") + "00000001", ForwarderAddress.SaltOf("inv_" + i)))];
        const string addressOf = "0xe99718d8";
        foreach (ForwarderAddress forwarder in ours)
        {
            string data = addressOf + TestToken.Word(forwarder.SettlementAddress) + forwarder.Salt[2..];
            string computed =
                (await anvil.SendAsync("eth_call", new { to = network.Factory, data }, "latest")).GetString()!;
            Assert.Equal(forwarder.Address.ToLowerInvariant(), "0x" + computed[^40..]);
            Assert.False(await factory.HasCodeAsync(forwarder.Address, CancellationToken.None));
        }
        Forwarding[] all = [.. ours.Select(forwarder => new Forwarding(forwarder.SettlementAddress, forwarder.Salt))];
        // Deploys them, though there is nothing to move.
        await wallet.SendAsync(network.Factory!, 0, ForwarderFactory.FlushCall(all, []), CancellationToken.None);
        foreach (ForwarderAddress forwarder in ours)
            Assert.True(await factory.HasCodeAsync(forwarder.Address, CancellationToken.None));
    }
}
