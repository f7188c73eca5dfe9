using Microsoft.Extensions.Configuration;

namespace CoinPay.Embedded.Hosting;

/// <summary>Texts in trigger attributes, where <c>%Name%</c> stands for a setting.</summary>
internal sealed class SettingText(IConfiguration configuration)
{
    /// <summary>Throws if the setting does not exist, as the real host refuses to index such a function.</summary>
    public string Resolve(string text, string function)
    {
        int from = text.IndexOf('%', StringComparison.Ordinal);
        int to = from < 0 ? -1 : text.IndexOf('%', from + 1);
        if (to < 0)
            return text;
        string name = text[(from + 1)..to];
        string value = configuration[name] ?? configuration[name.Replace("__", ":", StringComparison.Ordinal)]
            ?? throw new InvalidOperationException($"Function '{function}': the setting '{name}' that its trigger names does not exist.");
        return text[..from] + value + Resolve(text[(to + 1)..], function);
    }
}
