using CoinPay.Host.App;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CoinPay.Host.Http;

/// <summary>Where an HTTP function is reached and by whom, as far as the real host could serve it.</summary>
internal sealed record FunctionRoute(RoutePattern Pattern, IReadOnlyList<string> Methods, KeyLevel Level)
{
    /// <summary>Route parts that the host keeps to itself.</summary>
    private static readonly string[] Reserved = ["admin", "runtime"];

    /// <exception cref="StartException">A route or level that the real host does not serve.</exception>
    public static FunctionRoute Of(Function function, string prefix)
    {
        Binding trigger = function.Trigger;
        string route = trigger.Text("route") ?? function.Name;
        string template = prefix.Length == 0 ? route : $"{prefix}/{route}";
        if (route.Trim('/').Length == 0)
            throw Refused(function, $"the real host cannot serve the route \"{route}\"; for the root use \"{{x:regex(^$)?}}\"");
        if (Reserved.Contains(template.TrimStart('/').Split('/')[0], StringComparer.OrdinalIgnoreCase))
            throw Refused(function, $"the host keeps the route \"{template}\" to itself");
        try
        {
            return new(RoutePatternFactory.Parse(template), trigger.Texts("methods"), LevelOf(function));
        }
        catch (RoutePatternException wrong)
        {
            throw Refused(function, $"the route \"{template}\" cannot be read: {wrong.Message}");
        }
    }

    private static KeyLevel LevelOf(Function function) => (function.Trigger.Text("authLevel") ?? "function").ToUpperInvariant() switch
    {
        "ANONYMOUS" => KeyLevel.Anonymous,
        "FUNCTION" => KeyLevel.Function,
        "SYSTEM" => KeyLevel.System,
        "ADMIN" => KeyLevel.Admin,
        string other => throw Refused(function, $"the host does not offer the authorization level {other}"),
    };

    private static StartException Refused(Function function, string why) => new($"Function '{function.Name}': {why}.");
}
