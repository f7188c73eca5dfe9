using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace CoinPay.Testing.Front;

/// <summary>The methods that an endpoint takes; empty for all.</summary>
internal sealed record AcceptedMethods(IReadOnlyList<string> Names)
{
    public bool Accept(string method) => Names.Count == 0 || Names.Contains(method, StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Passes over endpoints that do not take the request's method. ASP.NET Core's own policy would answer 405; the
/// Functions host goes on to the next route that matches, and answers 404 if there is none.
/// </summary>
internal sealed class AcceptedMethodsPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    // Before ASP.NET Core's own policies, so that they never see a candidate that this one rules out.
    public override int Order => -1000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<AcceptedMethods>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (int i = 0; i < candidates.Count; i++)
        {
            AcceptedMethods? accepted = candidates[i].Endpoint.Metadata.GetMetadata<AcceptedMethods>();
            if (accepted?.Accept(httpContext.Request.Method) == false)
                candidates.SetValidity(i, false);
        }
        return Task.CompletedTask;
    }
}
