using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.App;

/// <summary>The folder of a built functions app: its assembly, host.json and, on a developer's machine, local.settings.json.</summary>
internal sealed class AppFolder
{
    private const string DefaultApp = "CoinPay.Functions.dll";

    /// <param name="app">The app's assembly; null for CoinPay's own, beside the host.</param>
    /// <exception cref="StartException">A file is missing.</exception>
    public AppFolder(string? app)
    {
        AssemblyFile = System.IO.Path.GetFullPath(app ?? System.IO.Path.Combine(AppContext.BaseDirectory, DefaultApp));
        Path = System.IO.Path.GetDirectoryName(AssemblyFile)!;
        foreach (string file in (string[])[AssemblyFile, In("host.json")])
            if (!File.Exists(file))
                throw new StartException($"{file} is missing: build or publish the app first.");
    }

    public string Path { get; }

    public string AssemblyFile { get; }

    /// <exception cref="StartException">It is not JSON.</exception>
    public IReadOnlyList<KeyValuePair<string, string?>> ReadHostJson() => [.. ReadJson("host.json").AsEnumerable()];

    /// <summary>The Values of local.settings.json, each unless the environment already has it.</summary>
    public void PutLocalSettingsIntoEnvironment()
    {
        foreach (IConfigurationSection setting in ReadJson("local.settings.json").GetSection("Values").GetChildren())
            if (Environment.GetEnvironmentVariable(setting.Key) is null)
                Environment.SetEnvironmentVariable(setting.Key, setting.Value);
    }

    private IConfigurationRoot ReadJson(string name)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonFile(In(name), optional: true).Build();
        }
        catch (Exception failure) when (failure is InvalidDataException or JsonException or FormatException)
        {
            throw new StartException($"{In(name)} cannot be read: {failure.GetBaseException().Message}");
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
