using CoinPay.Chains;

namespace CoinPay.Testing.Chains;

/// <summary>A network without blocks, whose node says of settlement addresses and settings what a test wants.</summary>
internal sealed class QuietNode(Network network) : INetworkSource, IDestinationSource, IHistorySource
{
    private readonly INetworkSource _real = network.Family.Open(network, TestNetworks.Http, TestNetworks.Credentials(), TimeProvider.System);

    public Network Network => network;

    /// <summary>Why money sent to an address would be lost.</summary>
    public Func<string, string?> Loss { get; set; } = static _ => null;

    /// <summary>How an asset's settings differ from the chain.</summary>
    public Func<NetworkAsset, string?> Difference { get; set; } = static _ => null;

    /// <summary>What the chain says about addresses from a height on; by default the node has no index of the past.</summary>
    public Func<IReadOnlyList<string>, long, HistoryPart> History { get; set; } = static (_, _) => new([], Next: null, IsWhole: false);

    /// <summary>How often the settings were compared.</summary>
    public int Comparisons { get; private set; }

    public bool IsSilent { get; set; }

    public static ChainDirectory Of(Networks networks) => new(networks.All.Select(network => new QuietNode(network)));

    public string RecipientOf(string address) => _real.RecipientOf(address);

    public Task<string?> FindLossAsync(string destination, CancellationToken cancellation) => Answer(() => Loss(destination));

    public Task<HistoryPart> ReadHistoryAsync(IReadOnlyList<string> addresses, long from, CancellationToken cancellation) =>
        Answer(() => History(addresses, from));

    public Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation)
    {
        Comparisons++;
        return Answer<IReadOnlyList<AssetFinding>>(() => [.. network.Assets.Select(asset => new AssetFinding(asset, Difference(asset)))]);
    }

    private Task<T> Answer<T>(Func<T> answer) =>
        IsSilent ? throw new ChainUnknownException(network.Name, "silent") : Task.FromResult(answer());
}
