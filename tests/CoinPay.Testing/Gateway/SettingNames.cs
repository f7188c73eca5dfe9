using System.Reflection;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Startup;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Testing.Gateway;

/// <summary>The settings that the app reads, found by observing it and by searching its sources.</summary>
internal static partial class SettingNames
{
    private static readonly string[] Sections = ["CoinPay:Networks", "CoinPay:Rates"];

    /// <summary>
    /// What every part asks the configuration for while it is made, what triggers name in %, the secrets, and what the source names.
    /// </summary>
    public static List<string> ReadByTheApp() => [
        .. new[] { AskedFor(), NamedByTriggers(), Secrets(), NamedInSource() }.SelectMany(names => names)
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    private static IEnumerable<string> AskedFor()
    {
        IConfiguration values = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage:accountName"] = "account",
            ["CoinPay:Networks:bitcoin_signet:Rpc"] = "https://node.example",
        }).Build();
        RecordingConfiguration recording = new(values, new(StringComparer.OrdinalIgnoreCase));
        IServiceCollection services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(recording).AddGateway(recording);
        using ServiceProvider provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<Networks>();
        _ = provider.GetRequiredService<ChainDirectory>();
        _ = provider.GetRequiredService<BlobServiceClient>();
        return recording.Asked.Keys.Where(name => name != "CoinPay:Networks");
    }

    private static IEnumerable<string> NamedByTriggers() =>
        from method in typeof(Functions.Startup.Gateway).Assembly.GetTypes().SelectMany(type => type.GetMethods())
        from parameter in method.GetParameters()
        let name = parameter.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule
            ?? parameter.GetCustomAttribute<QueueTriggerAttribute>()?.QueueName
        where name is ['%', .., '%']
        select name.Trim('%');

    private static IEnumerable<string> Secrets() =>
        typeof(SecretName).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    /// <summary>Names in quotes, such as <c>CoinPay:PublicUrl</c>; what is filled in becomes one name, as in the list above.</summary>
    private static IEnumerable<string> NamedInSource() =>
        from path in Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src/CoinPay.Functions"), "*.cs", SearchOption.AllDirectories)
        where !path.Contains("/obj/", StringComparison.Ordinal)
        from match in SettingName().Matches(File.ReadAllText(path))
        let name = Filled().Replace(match.Groups["name"].Value, "any")
        where !Sections.Contains(name)
        select name;

    [GeneratedRegex("\"(?<name>CoinPay:[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SettingName();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Filled();
}
