using CoinPay.Host.App;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CoinPay.Host.Http;

/// <summary>The route of an HTTP function and the key it needs, limited to what the real host could serve.</summary>
internal sealed record FunctionRoute(RoutePattern Pattern, IReadOnlyList<string> Methods, KeyLevel Level)
{
    /// <summary>Route segments that the host reserves.</summary>
    private static readonly string[] Reserved = ["admin", "runtime"];

    /// <exception cref="StartException">The real host does not serve the route or the level.</exception>
    public static FunctionRoute Of(Function function, string prefix)
    {
        Binding trigger = function.Trigger;
        string route = trigger.Text("route") ?? function.Name;
        string template = prefix.Length == 0 ? route : $"{prefix}/{route}";
        if (route.Trim('/').Length == 0)
            throw Refused(function, $"the real host cannot serve the route \"{route}\"; for the root use \"{{x:regex(^$)?}}\"");
        if (Reserved.Contains(template.TrimStart('/').Split('/')[0], StringComparer.OrdinalIgnoreCase))
            throw Refused(function, $"the host reserves the route \"{template}\"");
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
        string other => throw Refused(function, $"the host does not support the authorization level {other}"),
    };

    private static StartException Refused(Function function, string why) => new($"Function '{function.Name}': {why}.");
}
