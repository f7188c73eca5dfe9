using System.Net.Sockets;

namespace CoinPay.Testing.Processes;

/// <summary>
/// One Azurite of its own on three free ports of 127.0.0.1; disposing it ends the process and deletes all it held. On disk: in memory it
/// stands still for a minute now and then under the many queue messages of the durable engine.
/// </summary>
internal sealed class Azurite : IAsyncDisposable
{
    /// <summary>Azurite's published development account, the same on every machine.</summary>
    private const string Account =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;" +
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;";

    private const int Starts = 3;

    /// <summary>It writes its tables, queues and blobs to disk every five seconds.</summary>
    private static readonly TimeSpan StoresWithin = TimeSpan.FromSeconds(8);

    private readonly string _folder;
    private readonly int _blobPort, _queuePort, _tablePort;
    private LocalProcess _process;

    private Azurite(LocalProcess process, string folder, int blobPort, int queuePort, int tablePort)
    {
        _process = process;
        _folder = folder;
        (_blobPort, _queuePort, _tablePort) = (blobPort, queuePort, tablePort);
        string host = "http://127.0.0.1:";
        ConnectionString = Account
            + $"BlobEndpoint={host}{blobPort}/devstoreaccount1;"
            + $"QueueEndpoint={host}{queuePort}/devstoreaccount1;"
            + $"TableEndpoint={host}{tablePort}/devstoreaccount1;";
    }

    /// <summary>The value for <c>AzureWebJobsStorage</c>.</summary>
    public string ConnectionString { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts an Azurite; retries on other ports if a port was taken in the meantime.</summary>
    public static async Task<Azurite> StartAsync()
    {
        for (int start = 1; ; start++)
        {
            try
            {
                return await StartOnceAsync();
            }
            catch (InvalidOperationException) when (start < Starts)
            {
            }
        }
    }

    /// <summary>kill -9, once everything so far is on disk: an outage, until <see cref="StartAgainAsync"/>.</summary>
    public async Task KillAsync()
    {
        await Task.Delay(StoresWithin);
        await _process.KillAsync();
    }

    /// <summary>Restarts it on the same ports with its data.</summary>
    public async Task StartAgainAsync() => _process = await LaunchAsync(_folder, _blobPort, _queuePort, _tablePort);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Azurite> StartOnceAsync()
    {
        int blob = LocalProcess.FreePort(), queue = LocalProcess.FreePort(), table = LocalProcess.FreePort();
        string folder = Directory.CreateTempSubdirectory("azurite-").FullName;
        return new(await LaunchAsync(folder, blob, queue, table), folder, blob, queue, table);
    }

    private static Task<LocalProcess> LaunchAsync(string folder, int blob, int queue, int table)
    {
        string[] arguments =
        [
            RepositoryFiles.NodeModule("azurite/dist/src/azurite.js"),
            "--location", folder, "--silent", "--skipApiVersionCheck",
            "--blobHost", "127.0.0.1", "--blobPort", $"{blob}",
            "--queueHost", "127.0.0.1", "--queuePort", $"{queue}",
            "--tableHost", "127.0.0.1", "--tablePort", $"{table}",
        ];
        return LocalProcess.StartAsync("node", arguments, _ => ListensAsync(blob, queue, table), workingDirectory: folder);
    }

    private static async Task<bool> ListensAsync(params int[] ports)
    {
        foreach (int port in ports)
        {
            using TcpClient client = new();
            await client.ConnectAsync("127.0.0.1", port);
        }
        return true;
    }
}
