using System.Globalization;
using System.Text.Json;
using CoinPay.Testing.Processes;

namespace CoinPay.Testing.Nodes;

/// <summary>
/// A bitcoind on regtest with the payer's wallet, whose first coinbase is spendable (101 blocks are mined to it), and a
/// <see cref="MerchantWallet"/>.
/// </summary>
internal sealed class Bitcoind : IAsyncDisposable
{
    private const int CoinbaseMaturity = 100;
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);
    private readonly string _program;
    private readonly string[] _options;
    private readonly string _data;
    private LocalProcess _process = null!;
    private JsonRpcCall _node = null!;
    private JsonRpcCall _payer = null!;
    private JsonRpcCall _merchant = null!;
    private DateTimeOffset? _clock;

    private Bitcoind(string program, string[] options, Uri rpc)
    {
        _program = program;
        _options = options;
        _data = Directory.CreateTempSubdirectory("coinpay-bitcoind-").FullName;
        Rpc = rpc;
    }

    public const string User = "coinpay";

    public const string Password = "regtest";

    /// <summary>The payer's.</summary>
    public const string Wallet = "payer";

    public Uri Rpc { get; }

    public int ProcessId => _process.Id;

    /// <summary>The reason why this machine has no litecoind, or null.</summary>
    public static string? WhyNoLitecoind => RepositoryFiles.Litecoind is null
        ? "litecoind could not be had from Debian's packages: scripts/setup.sh says why, or was not run"
        : null;

    public static Task<Bitcoind> StartAsync(params string[] options) => StartAsync(
        RepositoryFiles.Bitcoin("bitcoind"),
        ["-fixedseeds=0", "-natpmp=0", "-upnp=0", "-rpcthreads=4", "-unsafesqlitesync", .. options]);

    /// <summary>
    /// A litecoind instead: the same calls, an older answer to some. It replaces by fee only where it is told to, and ends
    /// only once every connection has been idle for the given seconds.
    /// </summary>
    public static Task<Bitcoind> StartLitecoindAsync() => StartAsync(
        RepositoryFiles.Litecoind ?? throw new InvalidOperationException(WhyNoLitecoind),
        ["-upnp=0", "-mempoolreplacement=1", "-walletrbf=1", "-rpcservertimeout=3"]);

    private static async Task<Bitcoind> StartAsync(string program, string[] options)
    {
        Bitcoind started = new(program, options, new Uri($"http://127.0.0.1:{LocalProcess.FreePort()}"));
        await started.RunAsync(started.Rpc);
        await started.CallAsync("createwallet", Wallet);
        await started.CallAsync("createwallet", MerchantWallet.Name);
        await started.MineAsync(CoinbaseMaturity + 1);
        return started;
    }

    /// <summary>Freezes its clock at an instant, which becomes the time of new blocks.</summary>
    public Task SetClockAsync(DateTimeOffset now)
    {
        _clock = now;
        return CallAsync("setmocktime", now.ToUnixTimeSeconds());
    }

    /// <summary>
    /// Ends it as its operator would, so that its mempool is written to disk. With <paramref name="goesOn"/> it is gone for
    /// whoever has its address, and the test goes on with it at another: a node that is away while the chain grows.
    /// </summary>
    public async Task StopAsync(bool goesOn = false)
    {
        await CallAsync("stop");
        DateTime until = DateTime.UtcNow + LongestStop;
        while (!_process.HasExited && DateTime.UtcNow < until)
            await Task.Delay(20);
        if (!_process.HasExited)
            throw new TimeoutException($"{_program} did not end in {LongestStop}");
        await _process.DisposeAsync();
        if (goesOn)
            await RunAgainAsync(new Uri($"http://127.0.0.1:{LocalProcess.FreePort()}"));
    }

    /// <summary>Restarts it on its data, at its first address.</summary>
    public async Task StartAgainAsync()
    {
        if (!_process.HasExited)
            await StopAsync();
        await RunAgainAsync(Rpc);
    }

    private async Task RunAgainAsync(Uri rpc)
    {
        await RunAsync(rpc);
        await CallAsync("loadwallet", Wallet);
        await CallAsync("loadwallet", MerchantWallet.Name);
    }

    private async Task RunAsync(Uri rpc)
    {
        _node?.Dispose();
        _payer?.Dispose();
        _merchant?.Dispose();
        _node = new JsonRpcCall(rpc, User, Password);
        _payer = new JsonRpcCall(new Uri(rpc, "/wallet/" + Wallet), User, Password);
        _merchant = new JsonRpcCall(new Uri(rpc, "/wallet/" + MerchantWallet.Name), User, Password);
        _process = await LocalProcess.StartAsync(
            _program,
            [
                "-datadir=" + _data, "-conf=" + Path.Combine(RepositoryFiles.Root, "scripts", "dev", "bitcoin.conf"), "-regtest", "-server", "-printtoconsole=0",
                "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1",
                "-rpcport=" + rpc.Port.ToString(CultureInfo.InvariantCulture),
                "-rpcuser=" + User, "-rpcpassword=" + Password,
                "-listen=0", "-listenonion=0", "-discover=0", "-dnsseed=0",
                "-txindex=1", "-fallbackfee=0.0002", "-dbcache=16", .. _options,
                // A node does not start on blocks of its future.
                .. _clock is { } now ? new[] { "-mocktime=" + now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) } : [],
            ],
            async _ => (await AnswersAsync(_node)).GetProperty("chain").GetString() == "regtest");
    }

    /// <summary>A call of the node or of the payer's wallet.</summary>
    public Task<JsonElement> CallAsync(string method, params object?[] parameters) =>
        (method is "createwallet" or "loadwallet" or "stop" ? _node : _payer).SendAsync(method, parameters);

    /// <summary>A call of the merchant's wallet.</summary>
    public Task<JsonElement> CallMerchantAsync(string method, params object?[] parameters) => _merchant.SendAsync(method, parameters);

    /// <summary>A call of another wallet of the node.</summary>
    public async Task<JsonElement> CallWalletAsync(string wallet, string method, params object?[] parameters)
    {
        using JsonRpcCall other = new(new Uri(Rpc, "/wallet/" + wallet), User, Password);
        return await other.SendAsync(method, parameters);
    }

    /// <summary>Mines blocks to the wallet with the mempool's transactions; returns their hashes.</summary>
    public async Task<IReadOnlyList<string>> MineAsync(int blocks = 1) =>
    [
        .. (await CallAsync("generatetoaddress", blocks, await NewAddressAsync()))
            .EnumerateArray().Select(hash => hash.GetString()!),
    ];

    /// <summary>Sends from the wallet to an address; returns the id of the transaction, which stays in the mempool.</summary>
    public async Task<string> PayAsync(string address, decimal bitcoins) =>
        (await CallAsync("sendtoaddress", address, bitcoins)).GetString()!;

    public async Task<string> NewAddressAsync() => (await CallAsync("getnewaddress", "", "bech32")).GetString()!;

    public async Task<long> HeightAsync() => (await CallAsync("getblockcount")).GetInt64();

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _node.Dispose();
        _payer.Dispose();
        _merchant.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>
    /// While loading its index, the node returns an error or an HTML page: "not yet", like a closed port.
    /// </summary>
    private static async Task<JsonElement> AnswersAsync(JsonRpcCall node)
    {
        try
        {
            return await node.SendAsync("getblockchaininfo");
        }
        catch (Exception loading) when (loading is InvalidOperationException or JsonException)
        {
            throw new IOException("not yet", loading);
        }
    }
}
