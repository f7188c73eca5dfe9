using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Embedded.Http;

/// <summary>
/// The host's keys, from <c>Embedded:FunctionKey</c>, <c>Embedded:SystemKey</c> and <c>Embedded:MasterKey</c>; sent as
/// <c>?code=</c> or <c>x-functions-key</c>. Where none is configured nobody gets in.
/// </summary>
internal sealed class HostKeys(IConfiguration configuration)
{
    /// <summary>An endpoint that answers 401 to whoever holds no key for its level; no methods given means all.</summary>
    public Endpoint Guard(AuthorizationLevel level, IReadOnlyList<string>? methods, string route, RequestDelegate answer, string? name = null)
    {
        Task Handle(HttpContext http)
        {
            if (Allow(level, http.Request))
                return answer(http);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        RouteEndpointBuilder endpoint = new(Handle, RoutePatternFactory.Parse(route), order: 0) { DisplayName = name };
        endpoint.Metadata.Add(new AcceptedMethods(methods));
        return endpoint.Build();
    }

    private bool Allow(AuthorizationLevel level, HttpRequest request) => level switch
    {
        AuthorizationLevel.Anonymous => true,
        AuthorizationLevel.Function => Holds(request, "FunctionKey") || Holds(request, "MasterKey"),
        AuthorizationLevel.System => Holds(request, "SystemKey") || Holds(request, "MasterKey"),
        AuthorizationLevel.Admin => Holds(request, "MasterKey"),
        _ => false,
    };

    private bool Holds(HttpRequest request, string name)
    {
        string? expected = configuration["Embedded:" + name];
        string? given = request.Query["code"].FirstOrDefault() ?? request.Headers["x-functions-key"].FirstOrDefault();
        return !string.IsNullOrEmpty(expected) && given is not null
            && CryptographicOperations.FixedTimeEquals(Digest(expected), Digest(given));
    }

    /// <summary>Digests have one length, so that the comparison says nothing about the key's.</summary>
    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
