using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace CoinPay.Host.Http;

/// <summary>The methods that a function takes; null for all.</summary>
internal sealed record AcceptedMethods(IReadOnlyList<string>? Names)
{
    public bool Accept(string method) =>
        Names is not { Count: > 0 } || Names.Contains(method, StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Passes over functions that do not take the request's method. ASP.NET Core's own policy would answer 405; the real host goes on
/// to the next route that fits and answers an empty 404 when there is none.
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
