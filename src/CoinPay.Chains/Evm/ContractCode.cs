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

    private static string Load(string contract)
    {
        string name = $"contracts/{contract}.json";
        using Stream stream = typeof(ContractCode).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException(name + " is not in the assembly.");
        using JsonDocument artifact = JsonDocument.Parse(stream);
        return artifact.RootElement.GetProperty("bytecode").GetString()!;
    }
}
