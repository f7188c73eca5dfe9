using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Data.Tables;

namespace CoinPay.Cli;

/// <summary>
/// A backup: <c>manifest.json</c>, and a compressed file per copied table with one row per line. The manifest is written last,
/// so an interrupted backup is not valid.
/// </summary>
internal sealed class BackupFolder(string path)
{
    private const int Format = 1;
    private const string ManifestName = "manifest.json";
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public bool Exists => Directory.Exists(path);

    public void Make() => Directory.CreateDirectory(path);

    /// <summary>Writes a table's rows to a file and returns its entry in the manifest.</summary>
    public async Task<CopiedTable> WriteAsync(string table, string file, IAsyncEnumerable<TableEntity> rows, CancellationToken cancellation)
    {
        long count = 0;
        await using (FileStream target = new(Path.Combine(path, file), FileMode.CreateNew))
        await using (GZipStream compressed = new(target, CompressionLevel.Fastest))
        await using (StreamWriter lines = new(compressed))
            await foreach (TableEntity row in rows.WithCancellation(cancellation))
            {
                await lines.WriteLineAsync(RowText.Write(row).AsMemory(), cancellation);
                count++;
            }
        return new(table, file, count, await HashAsync(file, cancellation));
    }

    public Task FinishAsync(DateTimeOffset begunAt, IReadOnlyList<CopiedTable> tables, CancellationToken cancellation) =>
        File.WriteAllTextAsync(
            Path.Combine(path, ManifestName), JsonSerializer.Serialize(new Manifest(Format, begunAt, tables), Form), cancellation);

    /// <summary>Returns the manifest after verifying every file; throws <see cref="RefusedException"/> if one does not match.</summary>
    public async Task<Manifest> OpenAsync(CancellationToken cancellation)
    {
        string file = Path.Combine(path, ManifestName);
        if (!File.Exists(file))
            throw new RefusedException($"{path} has no {ManifestName}: it is not a backup, or the backup was interrupted.");
        Manifest manifest = JsonSerializer.Deserialize<Manifest>(await File.ReadAllTextAsync(file, cancellation), Form)!;
        if (manifest.Format != Format)
            throw new RefusedException($"{path} has format {manifest.Format}; this version reads format {Format}.");
        foreach (CopiedTable table in manifest.Tables)
            if (await HashAsync(table.File, cancellation) != table.Sha256)
                throw new RefusedException($"{table.File} was changed: its hash does not match the manifest.");
        return manifest;
    }

    public async IAsyncEnumerable<TableEntity> ReadAsync(CopiedTable table)
    {
        await using FileStream source = File.OpenRead(Path.Combine(path, table.File));
        await using GZipStream compressed = new(source, CompressionMode.Decompress);
        using StreamReader lines = new(compressed);
        while (await lines.ReadLineAsync() is { } line)
            yield return RowText.Read(line);
    }

    private async Task<string> HashAsync(string file, CancellationToken cancellation)
    {
        await using FileStream source = File.OpenRead(Path.Combine(path, file));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(source, cancellation));
    }
}

/// <summary>The contents of a backup.</summary>
internal sealed record Manifest(int Format, DateTimeOffset BegunAt, IReadOnlyList<CopiedTable> Tables);

/// <summary>One copy of a table.</summary>
internal sealed record CopiedTable(string Table, string File, long Rows, string Sha256);
