using CoinPay.Chains;

namespace CoinPay.Testing.Chains;

/// <summary>A network without blocks, whose node says of settlement addresses what a test wants.</summary>
internal sealed class QuietNode(Network network) : INetworkSource, IDestinationSource
{
    private readonly INetworkSource _real = network.Family.Open(network, TestNetworks.Http, TestNetworks.Credentials(), TimeProvider.System);

    public Network Network => network;

    /// <summary>Why money sent to an address would be lost.</summary>
    public Func<string, string?> Loss { get; set; } = static _ => null;

    public bool IsSilent { get; set; }

    public static ChainDirectory Of(Networks networks) => new(networks.All.Select(network => new QuietNode(network)));

    public string RecipientOf(string address) => _real.RecipientOf(address);

    public Task<string?> FindLossAsync(string destination, CancellationToken cancellation) =>
        IsSilent ? throw new ChainUnknownException(network.Name, "silent") : Task.FromResult(Loss(destination));
}
