using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace CoinPay.Testing.Gateway;

/// <summary>Configuration that records which keys were read.</summary>
internal sealed class RecordingConfiguration(IConfiguration inner, ConcurrentDictionary<string, bool> asked) : IConfiguration
{
    public ConcurrentDictionary<string, bool> Asked => asked;

    public string? this[string key]
    {
        get
        {
            asked[inner is IConfigurationSection section ? $"{section.Path}:{key}" : key] = true;
            return inner[key];
        }
        set => inner[key] = value;
    }

    public IConfigurationSection GetSection(string key) => new RecordingSection(inner.GetSection(key), asked);

    public IEnumerable<IConfigurationSection> GetChildren() =>
        inner.GetChildren().Select(child => new RecordingSection(child, asked));

    public IChangeToken GetReloadToken() => inner.GetReloadToken();
}

internal sealed class RecordingSection(IConfigurationSection inner, ConcurrentDictionary<string, bool> asked) : IConfigurationSection
{
    private readonly RecordingConfiguration _recording = new(inner, asked);

    public string Key => inner.Key;

    public string Path => inner.Path;

    public string? Value
    {
        get => inner.Value;
        set => inner.Value = value;
    }

    public string? this[string key]
    {
        get => _recording[key];
        set => _recording[key] = value;
    }

    public IConfigurationSection GetSection(string key) => _recording.GetSection(key);

    public IEnumerable<IConfigurationSection> GetChildren() => _recording.GetChildren();

    public IChangeToken GetReloadToken() => inner.GetReloadToken();
}
