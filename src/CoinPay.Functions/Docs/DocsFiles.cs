using System.IO.Compression;
using System.Reflection;
using CoinPay.Core;
using Scalar.AspNetCore;

namespace CoinPay.Functions.Docs;

/// <summary>
/// Scalar's files, which its package contains as gzip-compressed resources of its assembly. The gateway serves them
/// itself, so that no third party learns who reads the documentation.
/// </summary>
internal static class DocsFiles
{
    private const string ScriptResource = "ScalarStaticAssets.scalar.js";

    private static readonly Assembly Scalar = typeof(ScalarOptions).Assembly;

    /// <summary>The package's version: part of the script's address, so that browsers can cache the file for a long time.</summary>
    public static string Version { get; } = Scalar.GetName().Version!.ToString(3);

    /// <summary>Opens the script, compressed with gzip.</summary>
    public static Stream OpenScript() =>
        Scalar.GetManifestResourceStream(ScriptResource) ?? throw new BugException("Scalar's package has no " + ScriptResource);

    /// <summary>Opens the uncompressed script, for the rare client that does not accept gzip.</summary>
    public static Stream OpenPlainScript() => new GZipStream(OpenScript(), CompressionMode.Decompress);
}
