using System.Reflection;
using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Embedded.Hosting;

/// <summary>What only tests set: another assembly's functions, other host settings, other storage.</summary>
internal sealed class EmbeddedOptions
{
    public string[] Args { get; init; } = [];

    public Assembly FunctionsAssembly { get; init; } = Assembly.GetEntryAssembly()!;

    /// <summary>Only functions of these classes; null for all.</summary>
    public IReadOnlyList<Type>? FunctionClasses { get; init; }

    /// <summary>Where host.json and local.settings.json stand.</summary>
    public string ContentRoot { get; init; } = AppContext.BaseDirectory;

    /// <summary>Put over host.json, with its paths (<c>extensions:durableTask:hubName</c>).</summary>
    public IReadOnlyDictionary<string, string?> HostJson { get; init; } = new Dictionary<string, string?>();

    /// <summary>Puts something around the hub's rows: faults, counters, memory instead of Azure.</summary>
    public Func<IRowStore, IRowStore>? Rows { get; init; }
}
