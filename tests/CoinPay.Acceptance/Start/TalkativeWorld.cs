using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;

namespace CoinPay.Acceptance.Start;

/// <summary>The whole gateway on real nodes, saying all that it can say, with secrets that are found wherever they show.</summary>
public sealed class TalkativeWorld : TestWorld
{
    private const string NodeUser = "talkative";
    private const string NodePassword = "node-password-of-a-test-0123456789";
    private const string NodeKey = "key-in-a-url-of-a-test-0123456789";
    private const string NodeHeader = "key-in-a-header-of-a-test-0123456789";
    private const string Pepper = "talkative-pepper-0123456789";
    private static readonly string SecretsKey = Convert.ToBase64String(SHA256.HashData("talkative"u8));

    /// <summary>Every secret of the gateway and of its merchant, as it is written somewhere.</summary>
    internal IReadOnlyList<(string What, string Text)> Secrets() =>
    [
        ("operator key", GatewayProcess.OperatorKey),
        ("pepper", Pepper),
        ("encryption key", SecretsKey),
        ("gas wallet key", Anvil.PublishedKeys[2][2..]),
        ("node password", NodePassword),
        ("node key in a URL", NodeKey),
        ("node key in a header", NodeHeader),
        ("node password in a header", Base64($"{NodeUser}:{NodePassword}")),
        ("API key", MerchantKey),
        ("API key's secret part", MerchantKey["cp_test_".Length..][12..44]),
        ("webhook secret", WebhookSecret["whsec_".Length..]),
        ("webhook secret's bytes", Encoding.Latin1.GetString(Convert.FromBase64String(WebhookSecret["whsec_".Length..]))),
    ];

    internal override Task<Bitcoind> BitcoindAsync()
    {
        const string salt = "0123456789abcdef";
        string hash = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(salt), Encoding.UTF8.GetBytes(NodePassword)));
        return Bitcoind.StartAsync($"-rpcauth={NodeUser}:{salt}${hash}");
    }

    /// <summary>Names that are longer than those of host.json, whose levels would count otherwise.</summary>
    private static readonly string[] Talkative =
    [
        "CoinPay", "System.Net", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Server",
        "Microsoft.AspNetCore.HttpLogging",
    ];

    /// <summary>The levels twice: the worker sends what its own allow, the host prints what its own allow.</summary>
    internal override Dictionary<string, string?> Networks()
    {
        Dictionary<string, string?> settings = new(base.Networks(), StringComparer.Ordinal)
        {
            ["CoinPay__Networks__bitcoin_regtest__User"] = NodeUser,
            ["CoinPay__Networks__bitcoin_regtest__Password"] = NodePassword,
            ["CoinPay__Networks__anvil__Rpc"] = "secret",
            ["CoinPay__Networks__anvil__Url"] = $"{Anvil.Rpc}?apikey={NodeKey}",
            ["CoinPay__Networks__anvil__Headers"] = $$"""{"x-api-key":"{{NodeHeader}}"}""",
            ["CoinPay__KeyPepper"] = Pepper,
            ["CoinPay__SecretsKey"] = SecretsKey,
        };
        foreach (string category in Talkative)
        {
            settings["Logging__LogLevel__" + category] = "Trace";
            settings["AzureFunctionsJobHost__logging__logLevel__" + category] = "Trace";
        }
        return settings;
    }

    /// <summary>All that stands in the storage account: rows of every table, messages and blobs, bytes as Latin-1.</summary>
    internal async Task<string> StoredAsync()
    {
        StringBuilder stored = new();
        TableServiceClient tables = new(Azurite.ConnectionString);
        await foreach (var table in tables.QueryAsync())
            await foreach (TableEntity row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>())
                stored.Append(table.Name).Append(' ').AppendJoin(' ', row.Select(property => $"{property.Key}={Shown(property.Value)}")).AppendLine();
        QueueServiceClient queues = new(Azurite.ConnectionString);
        await foreach (var queue in queues.GetQueuesAsync())
            foreach (var message in (await queues.GetQueueClient(queue.Name).PeekMessagesAsync(32)).Value)
                stored.AppendLine(message.Body.ToString()).AppendLine(Shown(Bytes(message.Body.ToString())));
        BlobServiceClient blobs = new(Azurite.ConnectionString);
        await foreach (BlobContainerItem container in blobs.GetBlobContainersAsync())
            await foreach (BlobItem blob in blobs.GetBlobContainerClient(container.Name).GetBlobsAsync())
                stored.AppendLine(Shown((await blobs.GetBlobContainerClient(container.Name).GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToArray()));
        return stored.ToString();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(string message)
    {
        byte[] bytes = new byte[message.Length];
        return Convert.TryFromBase64String(message, bytes, out int length) ? bytes[..length] : [];
    }

    private static string Shown(object? value) => value switch
    {
        byte[] bytes => Encoding.Latin1.GetString(bytes),
        BinaryData data => Encoding.Latin1.GetString(data.ToArray()),
        _ => value?.ToString() ?? "",
    };
}
