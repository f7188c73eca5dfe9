using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace CoinPay.Host.Http;

/// <summary>The methods that a function accepts; null for all.</summary>
internal sealed record AcceptedMethods(IReadOnlyList<string>? Names)
{
    public bool Accept(string method) =>
        Names is not { Count: > 0 } || Names.Contains(method, StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Skips functions that do not accept the request's method. ASP.NET Core's own policy would return 405; the real host tries the next
/// matching route and returns an empty 404 if there is none.
/// </summary>
internal sealed class AcceptedMethodsPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => -1000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<AcceptedMethods>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (int i = 0; i < candidates.Count; i++)
            if (candidates[i].Endpoint.Metadata.GetMetadata<AcceptedMethods>() is { } accepted
                && !accepted.Accept(httpContext.Request.Method))
                candidates.SetValidity(i, false);
        return Task.CompletedTask;
    }
}
