using System.IO.Compression;
using System.Reflection;
using CoinPay.Core;
using Scalar.AspNetCore;

namespace CoinPay.Functions.Docs;

/// <summary>
/// Scalar's files, as its package carries them: gzip-compressed resources of its assembly. They are served by the gateway
/// itself, so that reading the documentation tells nobody else of it.
/// </summary>
internal static class DocsFiles
{
    private const string ScriptResource = "ScalarStaticAssets.scalar.js";

    private static readonly Assembly Scalar = typeof(ScalarOptions).Assembly;

    /// <summary>The package's version: part of the script's address, so that a browser may keep the file for long.</summary>
    public static string Version { get; } = Scalar.GetName().Version!.ToString(3);

    /// <summary>The script, compressed by gzip.</summary>
    public static Stream OpenScript() =>
        Scalar.GetManifestResourceStream(ScriptResource) ?? throw new BugException("Scalar's package has no " + ScriptResource);

    /// <summary>The script for the rare client that does not take gzip.</summary>
    public static Stream OpenPlainScript() => new GZipStream(OpenScript(), CompressionMode.Decompress);
}
