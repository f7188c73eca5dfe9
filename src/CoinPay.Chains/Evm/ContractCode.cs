using System.Text.Json;

namespace CoinPay.Chains.Evm;

/// <summary>
/// The init code of our contracts, byte for byte as compiled from src/contracts. Addresses depend on it, so it never
/// changes for a factory that is in use.
/// </summary>
internal static class ContractCode
{
    /// <summary>Without the constructor's argument, the settlement address.</summary>
    public static string Forwarder { get; } = Load("Forwarder");

    public static string ForwarderFactory { get; } = Load("ForwarderFactory");

    /// <summary>A forwarder's code once deployed, with zeros where the settlement address goes.</summary>
    private static readonly string DeployedForwarder = Load("Forwarder", "deployedBytecode");

    private static readonly string DeployedFactory = Load("ForwarderFactory", "deployedBytecode");

    /// <summary>PUSH32 of the immutable settlement address, which the constructor fills in.</summary>
    private static readonly string Placeholder = "7f" + new string('0', 64);

    /// <summary>Whether this is the code of a forwarder, whatever its settlement address.</summary>
    public static bool IsForwarder(string code)
    {
        if (code.Length != DeployedForwarder.Length)
            return false;
        char[] blank = code.ToLowerInvariant().ToCharArray();
        for (int at = 0; (at = DeployedForwarder.IndexOf(Placeholder, at, StringComparison.Ordinal)) >= 0; at += Placeholder.Length)
            Placeholder.CopyTo(0, blank, at, Placeholder.Length);
        return DeployedForwarder.AsSpan().SequenceEqual(blank);
    }

    /// <summary>Whether this is the code of our factory.</summary>
    public static bool IsFactory(string code) => string.Equals(code, DeployedFactory, StringComparison.OrdinalIgnoreCase);

    private static string Load(string contract, string member = "bytecode")
    {
        string name = $"contracts/{contract}.json";
        using Stream stream = typeof(ContractCode).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException(name + " is not in the assembly.");
        using JsonDocument artifact = JsonDocument.Parse(stream);
        return artifact.RootElement.GetProperty(member).GetString()!;
    }
}
