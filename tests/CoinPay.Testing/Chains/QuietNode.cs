using CoinPay.Chains;

namespace CoinPay.Testing.Chains;

/// <summary>A network without blocks, whose node says of settlement addresses and settings what a test wants.</summary>
internal sealed class QuietNode(Network network) : INetworkSource, IDestinationSource
{
    private readonly INetworkSource _real = network.Family.Open(network, TestNetworks.Http, TestNetworks.Credentials(), TimeProvider.System);

    public Network Network => network;

    /// <summary>Why money sent to an address would be lost.</summary>
    public Func<string, string?> Loss { get; set; } = static _ => null;

    /// <summary>How an asset's settings differ from the chain.</summary>
    public Func<NetworkAsset, string?> Difference { get; set; } = static _ => null;

    /// <summary>How often the settings were compared.</summary>
    public int Comparisons { get; private set; }

    public bool IsSilent { get; set; }

    public static ChainDirectory Of(Networks networks) => new(networks.All.Select(network => new QuietNode(network)));

    public string RecipientOf(string address) => _real.RecipientOf(address);

    public Task<string?> FindLossAsync(string destination, CancellationToken cancellation) => Answer(() => Loss(destination));

    public Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation)
    {
        Comparisons++;
        return Answer<IReadOnlyList<AssetFinding>>(() => [.. network.Assets.Select(asset => new AssetFinding(asset, Difference(asset)))]);
    }

    private Task<T> Answer<T>(Func<T> answer) =>
        IsSilent ? throw new ChainUnknownException(network.Name, "silent") : Task.FromResult(answer());
}
