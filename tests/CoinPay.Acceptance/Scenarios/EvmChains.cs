using Azure.Core;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>Two anvils with different chain ids, a proxy before the first, and an Azurite: one set for many scenarios.</summary>
public sealed class EvmChains : IAsyncLifetime
{
    private Azurite _azurite = null!;

    internal Anvil East { get; private set; } = null!;

    internal Anvil West { get; private set; } = null!;

    internal NodeProxy Proxy { get; private set; } = null!;

    internal StorageFaults Storage { get; } = new();

    internal Tables Tables { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Task<Azurite> azurite = Azurite.StartAsync();
        Task<Anvil> east = Anvil.StartAsync();
        Task<Anvil> west = Anvil.StartAsync(chainId: 31338);
        (_azurite, East, West) = (await azurite, await east, await west);
        Proxy = await NodeProxy.StartAsync(East.Rpc);
        TableClientOptions options = new();
        options.AddPolicy(Storage, HttpPipelinePosition.PerCall);
        Tables = new(new TableServiceClient(_azurite.ConnectionString, options));
        await Tables.EnsureCreatedAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await East.DisposeAsync();
        await West.DisposeAsync();
        await _azurite.DisposeAsync();
    }
}

/// <summary>
/// The gateway's pollers of two EVM networks of one address space over <see cref="EvmChains"/>, for one scenario:
/// <c>east</c> through the proxy, <c>west</c> directly. Its watches are its own.
/// </summary>
internal sealed class EvmScenario
{
    public const string Payer = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
    private static int _count;
    private readonly EvmChains _chains;
    private readonly Networks _networks;
    private readonly WatchStore _watches;
    private readonly Dictionary<string, NetworkPoller> _pollers = new(StringComparer.Ordinal);

    public EvmScenario(EvmChains chains, params NetworkAsset[] tokens)
    {
        _chains = chains;
        chains.Proxy.IsDark = false;
        chains.Proxy.Refuses = (_, _) => false;
        chains.Proxy.Fault = NodeFault.None;
        string mark = $"-{Interlocked.Increment(ref _count)}";
        East = NetworkOf("east" + mark, 31337, chains.Proxy.Address, tokens);
        West = NetworkOf("west" + mark, 31338, chains.West.Rpc, tokens);
        _networks = new([East, West]);
        _watches = new(chains.Tables, _networks);
    }

    /// <summary>Blocks by which <c>finalized</c> may trail; these anvils' does by eight.</summary>
    public long FinalityLag { get; init; } = 8;

    public Network East { get; }

    public Network West { get; }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public WatchStore Watches => _watches;

    public ViewStore Views => new(_chains.Tables, _networks);

    public CursorStore Cursors => new(_chains.Tables);

    public static Asset Coin(Network network) => network.Assets[0].Asset;

    /// <summary>A token that both networks list, at the same address.</summary>
    public static NetworkAsset Token(string contract, bool verifyBalance = false) => new()
    {
        Asset = new Asset($"eip155:31337/erc20:{contract}", "USDT", 6),
        Contract = contract,
        Dust = 2,
        VerifyBalance = verifyBalance,
    };

    /// <summary>A watch of <c>east</c>; a native one, or one that is said to, expires after a quarter of an hour.</summary>
    public Task<Watch> WatchAsync(
        string? address = null, bool isNative = false, RequiredDepth? required = null, string? invoiceId = null, bool expires = false)
    {
        string recipient = address ?? NewAddress();
        return _watches.InsertAsync(
            new()
            {
                Network = East.Name,
                InvoiceId = invoiceId ?? NewInvoiceId(),
                MerchantId = Id.New("mer", Clock.GetUtcNow()),
                Address = recipient,
                Recipient = recipient.ToLowerInvariant(),
                Required = required ?? RequiredDepth.OfBlocks(3),
                MonitorUntil = Clock.GetUtcNow().AddDays(90),
                ExpiresAt = expires ? Clock.GetUtcNow().AddMinutes(15) : null,
                SweepAt = isNative ? Clock.GetUtcNow().AddMinutes(15) : null,
            },
            CancellationToken.None);
    }

    public string NewInvoiceId() => Id.New("inv", Clock.GetUtcNow());

    public static string NewAddress() =>
        "0x" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));

    public async Task<string[]> PollAsync(Network network) =>
        [.. (await Poller(network).PollAsync(CancellationToken.None)).Select(watch => watch.InvoiceId)];

    /// <summary>The process starts anew.</summary>
    public void Restart(Network network) => _pollers.Remove(network.Name);

    public Task<List<ViewedTransfer>> ViewAsync(Watch watch) =>
        Views.ReadAsync(watch.Network, watch.InvoiceId, CancellationToken.None);

    public async Task<Cursor> CursorAsync(Network network) =>
        (await Cursors.FindAsync(network.Name, CancellationToken.None))!;

    public Task<IReadOnlyList<(long From, long To)>> GapsAsync(Network network) =>
        new ScannedRanges(_chains.Tables).FindGapsAsync(network.Name, CancellationToken.None);

    private NetworkPoller Poller(Network network)
    {
        if (!_pollers.TryGetValue(network.Name, out NetworkPoller? poller))
            _pollers[network.Name] = poller = new(
                new EvmChain(network with { FinalityLag = FinalityLag }, TestNetworks.Http, TimeProvider.System),
                _watches,
                Views,
                Cursors,
                Clock,
                NullLogger<NetworkPoller>.Instance);
        return poller;
    }

    private static Network NetworkOf(string name, long chainId, Uri rpc, NetworkAsset[] tokens) => new()
    {
        Name = name,
        Id = $"eip155:{chainId}",
        Family = EvmFamily.Instance,
        Rpc = rpc,
        Factory = "0x15a525d5547Be9AD243AFD3e1d4d3A47B9039A67",
        Confirmations = 3,
        Assets =
        [
            new NetworkAsset { Asset = new Asset($"eip155:{chainId}/slip44:60", "ETH", 18), Dust = 1_000 },
            .. tokens.Select(token => token with
            {
                Asset = token.Asset with { Id = $"eip155:{chainId}/erc20:{token.Contract}" },
            }),
        ],
    };
}
