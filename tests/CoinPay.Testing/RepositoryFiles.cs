namespace CoinPay.Testing;

/// <summary>Paths of the repository and of the tools that scripts/setup.sh installed.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder of CoinPay.Functions.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The ignored folder that scripts/setup.sh fills: node_modules, bitcoin, litecoin and bicep.</summary>
    public static string Tools => Environment.GetEnvironmentVariable("COINPAY_TOOLS") ?? Path.Combine(Root, ".coinpay", "tools");

    /// <summary>A file or folder of an npm package that setup installed; throws with the command that installs it.</summary>
    public static string NodeModule(string path) => Existing(Path.Combine(Tools, "node_modules", path));

    /// <summary>A program of the unpacked bitcoind (bitcoind, bitcoin-cli).</summary>
    public static string Bitcoin(string program) => Existing(Path.Combine(Tools, "bitcoin", "bin", program));

    /// <summary>
    /// The litecoind that setup put there; null on a machine that has none and cannot use Debian's packages.
    /// </summary>
    public static string? Litecoind { get; } =
        Path.Combine(Tools, "litecoin", "bin", "litecoind") is var program && File.Exists(program) ? program : null;

    /// <summary>The Bicep CLI that setup put there; null on a machine for which the feed has none.</summary>
    public static string? Bicep { get; } = Path.Combine(Tools, "bicep", "bicep") is var program && File.Exists(program) ? program : null;

    private static string Existing(string path) =>
        File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is missing: run scripts/setup.sh first (scripts/test.sh does).", path);

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "CoinPay.Functions.sln")))
                return at.FullName;
        throw new DirectoryNotFoundException("CoinPay.Functions.sln was not found above " + AppContext.BaseDirectory);
    }
}
