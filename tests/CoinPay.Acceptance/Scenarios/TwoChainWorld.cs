using System.Text.Json.Nodes;
using CoinPay.Acceptance.World;
using CoinPay.Testing;
using CoinPay.Testing.Nodes;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>A world whose gateway reaches its anvil through a proxy, and a second anvil with another chain id.</summary>
public sealed class TwoChainWorld : TestWorld
{
    /// <summary>What the gateway calls the second anvil.</summary>
    internal const string WestName = "anvil-west";

    internal const string WestId = "eip155:31338";

    private string _networks = "";

    internal NodeProxy Proxy { get; private set; } = null!;

    internal Anvil West { get; private set; } = null!;

    /// <summary>Writes a list of networks with the second anvil in it; gives the file's path.</summary>
    internal static async Task<string> WriteNetworksAsync()
    {
        JsonArray networks = JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(RepositoryFiles.Root, "src/CoinPay.Chains/networks.json")))!.AsArray();
        JsonNode west = networks.Single(network => network!["name"]!.GetValue<string>() == "anvil")!.DeepClone();
        (west["name"], west["id"]) = (WestName, WestId);
        networks.Add(west);
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, networks.ToJsonString());
        return file;
    }

    internal override async Task<string> StorageAsync()
    {
        Proxy = await NodeProxy.StartAsync(Anvil.Rpc);
        West = await Anvil.StartAsync(chainId: 31338);
        await DeployAsync("ForwarderFactory.json", West);
        await DeployAsync("TestToken.json", West);
        _networks = await WriteNetworksAsync();
        return await base.StorageAsync();
    }

    internal override Dictionary<string, string?> Networks() => new(base.Networks(), StringComparer.Ordinal)
    {
        ["CoinPay__Networks__anvil__Rpc"] = Proxy.Address.ToString(),
        ["CoinPay__Networks__anvil_west__Rpc"] = West.Rpc.ToString(),
        ["CoinPay__NetworksFile"] = _networks,
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Proxy.DisposeAsync();
        await West.DisposeAsync();
        File.Delete(_networks);
    }
}
