using System.Globalization;
using System.Numerics;
using System.Text.Json;
using CoinPay.Testing.Processes;

namespace CoinPay.Testing.Nodes;

/// <summary>
/// A local EVM node: <c>safe</c> is four blocks behind the head and <c>finalized</c> eight; a transaction is mined at
/// once. Accounts and keys are the published ones of every anvil.
/// </summary>
internal sealed class Anvil : IAsyncDisposable
{
    /// <summary>Private keys of the first accounts, published by Foundry; money on them is play money.</summary>
    public static readonly string[] PublishedKeys =
    [
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
        "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    ];

    /// <summary>
    /// The accounts of <see cref="PublishedKeys"/>; the node signs for them itself (eth_sendTransaction).
    /// </summary>
    public static readonly string[] Accounts =
    [
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    ];

    /// <summary>One at a time: the node gives concurrent transactions of an account the same nonce.</summary>
    private readonly SemaphoreSlim _sending = new(1);
    private readonly LocalProcess _process;
    private readonly JsonRpcCall _rpc;
    private readonly string _home;

    private Anvil(LocalProcess process, JsonRpcCall rpc, Uri address, string home)
    {
        _process = process;
        _rpc = rpc;
        Rpc = address;
        _home = home;
    }

    public Uri Rpc { get; }

    public int ProcessId => _process.Id;

    /// <summary>
    /// Starts a fresh chain; <paramref name="port"/> is for a test that restarts a node at the same address.
    /// </summary>
    public static async Task<Anvil> StartAsync(long chainId = 31337, int? port = null, params string[] options)
    {
        Uri address = new($"http://127.0.0.1:{port ?? LocalProcess.FreePort()}");
        string home = Directory.CreateTempSubdirectory("coinpay-anvil-").FullName;
        JsonRpcCall rpc = new(address);
        LocalProcess process = await LocalProcess.StartAsync(
            RepositoryFiles.NodeModule("@foundry-rs/anvil-linux-amd64/bin/anvil"),
            [
                "--host", "127.0.0.1", "--port", address.Port.ToString(CultureInfo.InvariantCulture),
                "--chain-id", chainId.ToString(CultureInfo.InvariantCulture),
                "--silent", "--slots-in-an-epoch", "4",
                // States beyond these go to disk without the contracts' code, which a reorg of 512 blocks then loses.
                "--prune-history", "2000",
                .. options.Contains("--hardfork") ? options : ["--hardfork", "prague", .. options],
            ],
            async _ => (await rpc.SendAsync("eth_chainId")).GetString() == $"0x{chainId:x}",
            new Dictionary<string, string?> { ["HOME"] = home });
        return new Anvil(process, rpc, address, home);
    }

    public Task<JsonElement> SendAsync(string method, params object?[] parameters) =>
        _rpc.SendAsync(method, parameters);

    /// <summary>Mines blocks, one second apart on the chain's clock.</summary>
    public Task MineAsync(int blocks = 1) => SendAsync("anvil_mine", $"0x{blocks:x}", "0x1");

    /// <summary>
    /// Replaces the last blocks by empty ones, or by ones with these transactions (pairs of a transaction and its block's offset);
    /// anvil drops the old blocks' own for good. Then it sets the chain's clock, which a reorg puts back to the common ancestor's time: money would count
    /// as paid before an expiry that it came after.
    /// </summary>
    public async Task ReorgAsync(int depth, object[]? transactions = null)
    {
        await SendAsync("anvil_reorg", depth, transactions ?? []);
        await SendAsync("evm_setTime", DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    /// <summary>An account's ether in wei.</summary>
    public async Task<BigInteger> BalanceAsync(string account) => BigInteger.Parse(
        "0" + (await SendAsync("eth_getBalance", account, "latest")).GetString()![2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public async Task<long> HeightAsync() =>
        Convert.ToInt64((await SendAsync("eth_blockNumber")).GetString(), 16);

    /// <summary>
    /// A transaction of the first account (or another of <see cref="Accounts"/>), mined when this returns; gives its
    /// hash. With a gas limit it is sent even if it will fail.
    /// </summary>
    public async Task<string> SendTransactionAsync(
        string? to, BigInteger value, string data = "0x", string? from = null, long? gas = null)
    {
        Dictionary<string, string?> fields = new(StringComparer.Ordinal)
        {
            ["from"] = from ?? Accounts[0],
            ["to"] = to,
            ["value"] = Hex(value),
            ["data"] = data,
            ["gas"] = gas is null ? null : Hex(gas.Value),
        };
        foreach (string absent in fields.Where(field => field.Value is null).Select(field => field.Key).ToList())
            fields.Remove(absent);
        string hash = await SendInTurnAsync(fields);
        await ReceiptAsync(hash);
        return hash;
    }

    private async Task<string> SendInTurnAsync(object transaction)
    {
        await _sending.WaitAsync();
        try
        {
            return (await SendAsync("eth_sendTransaction", transaction)).GetString()!;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Deploys a contract; returns its address from the receipt, in lower case.</summary>
    public async Task<string> DeployAsync(string initCode) =>
        (await ReceiptAsync(await SendTransactionAsync(null, 0, initCode))).GetProperty("contractAddress").GetString()!;

    /// <summary>Waits until a transaction is mined.</summary>
    public async Task<JsonElement> ReceiptAsync(string hash)
    {
        for (int attempt = 0; attempt < 500; attempt++)
        {
            JsonElement receipt = await SendAsync("eth_getTransactionReceipt", hash);
            if (receipt.ValueKind == JsonValueKind.Object)
                return receipt;
            await Task.Delay(10);
        }
        throw new TimeoutException($"{hash} was not mined");
    }

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _rpc.Dispose();
        _sending.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private static string Hex(BigInteger value) =>
        value.IsZero ? "0x0" : "0x" + value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
}
