using Azure.Data.Tables;
using CoinPay.Functions.Access;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Cli;

/// <summary>
/// What a restore may bring back although somebody changed it after the backup: keys that were revoked, wallets that were
/// replaced, endpoints and policies. The backup cannot know, so every one is listed for a person to compare.
/// </summary>
internal sealed class UndoneChanges(DateTimeOffset begunAt)
{
    private const int MaxListed = 200;
    private const int KeyCharactersShown = 8;
    private readonly List<string> _keys = [];
    private readonly List<string> _wallets = [];
    private readonly List<string> _endpoints = [];
    private readonly List<string> _merchants = [];

    /// <summary>Takes a row of <c>Merchants</c> into account.</summary>
    public void Note(TableEntity row)
    {
        string merchant = row.PartitionKey;
        if (row.RowKey.StartsWith(ApiKeyRows.Prefix, StringComparison.Ordinal))
            Note(merchant, ApiKeyRows.Read(row));
        else if (WalletRows.NetworkOf(row) is { } network)
            Note(merchant, network, WalletRows.Read(row));
        else if (row.RowKey.StartsWith(WebhookEndpoint.Prefix, StringComparison.Ordinal))
            _endpoints.Add($"{merchant} {WebhookEndpoint.FromRow(row).Url}");
        else if (row.RowKey == MerchantRows.MerchantRow)
            _merchants.Add($"{merchant} {row.GetString("Name")}");
    }

    public async Task WriteAsync(TextWriter output)
    {
        await output.WriteLineAsync(
            $"CHECK AGAIN, before the gateway starts: whatever was changed after {begunAt:u} is as it was before. The gateway cannot know "
            + "what that was; compare these lists with your own records.");
        await WriteAsync(output, "API keys that work (again, if they were revoked since: revoke them)", _keys);
        await WriteAsync(output, "wallets that receive money (again, if they were replaced since: set the new ones)", _wallets);
        await WriteAsync(output, "webhook endpoints (deleted, changed or with a new secret since: repeat that)", _endpoints);
        await WriteAsync(output, "merchants whose settings and policy may have been changed since", _merchants);
        await output.WriteLineAsync(
            "Also repeat decisions on exceptions, cancellations and fulfilments of that time; merchants, keys and wallets that were created "
            + "in it are unknown here.");
    }

    private void Note(string merchant, ApiKey key)
    {
        if (key.RevokedAt is null)
            _keys.Add($"{merchant} {key.Id} {key.Hint}… {(key.Livemode ? "live" : "test")}, last used {key.LastUsedAt?.ToString("u") ?? "never"}");
    }

    private void Note(string merchant, string network, WalletChange wallets)
    {
        foreach (Wallet wallet in new[] { wallets.Current, wallets.Next }.OfType<Wallet>())
        {
            string place = wallet.Said("settlement_address") ?? $"{wallet.Kind} …{wallet.Said("xpub")?[^KeyCharactersShown..]}";
            _wallets.Add($"{merchant} {network}: {place}, from {wallet.EffectiveAt:u} on");
        }
    }

    private static async Task WriteAsync(TextWriter output, string what, List<string> lines)
    {
        await output.WriteLineAsync($"- {lines.Count} {what}:");
        foreach (string line in lines.Take(MaxListed))
            await output.WriteLineAsync("    " + line);
        if (lines.Count > MaxListed)
            await output.WriteLineAsync($"    and {lines.Count - MaxListed} more");
    }
}
