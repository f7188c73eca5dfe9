using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using CoinPay.Functions.Platform.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Tests.Platform.Secrets;

/// <summary>
/// The part of Key Vault's REST API that reads a secret, over HTTPS on 127.0.0.1 with a certificate of its own. Source:
/// https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret and
/// https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
/// </summary>
internal sealed class VaultServer : IAsyncDisposable
{
    public const string Token = "token-of-a-test";
    private const string Resource = "https://vault.azure.net";

    private readonly X509Certificate2 _certificate = Certificate();
    private readonly StubIdentity _identity = new();
    private WebApplication _app = null!;

    private VaultServer()
    {
    }

    public ConcurrentDictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Statuses to answer the next calls with, before it behaves again.</summary>
    public ConcurrentQueue<int> Failures { get; } = new();

    /// <summary>What it answers to every call with a token while it is not 200.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>Calls without a token, and names that were asked for with one.</summary>
    public int Challenges { get; private set; }

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What tokens were asked for: scopes.</summary>
    public ConcurrentQueue<string> Scopes => _identity.Scopes;

    public static async Task<VaultServer> StartAsync()
    {
        VaultServer vault = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.UseHttps(vault._certificate)));
        vault._app = builder.Build();
        vault._app.Run(vault.AnswerAsync);
        await vault._app.StartAsync();
        return vault;
    }

    /// <summary>The real client with the gateway's options; only its trust and its patience are the test's.</summary>
    public SecretClient Client()
    {
        SecretClientOptions options = KeyVaultSecrets.Options;
        options.DisableChallengeResourceVerification = true;
        options.Retry.Delay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        options.Transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown is not null && shown.GetCertHashString() == _certificate.GetCertHashString(),
            },
        }));
        return new(new Uri(_app.Urls.Single()), _identity, options);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer " + Token)
        {
            Challenges++;
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"{Resource}\"";
            return Task.CompletedTask;
        }
        string name = context.Request.Path.Value!.Split('/')[2];
        Asked.Enqueue(name);
        int status = Failures.TryDequeue(out int failure) ? failure : Status;
        if (status != StatusCodes.Status200OK)
            return ErrorAsync(context, status);
        return Values.TryGetValue(name, out string? value)
            ? context.Response.WriteAsJsonAsync(new
            {
                value,
                id = $"{context.Request.Scheme}://{context.Request.Host}/secrets/{name}/4387e9f3d6e14c459867679a90fd0f79",
                attributes = new { enabled = true, created = 1_763_900_000, updated = 1_763_900_000, recoveryLevel = "Recoverable" },
            })
            : ErrorAsync(context, StatusCodes.Status404NotFound);
    }

    private static Task ErrorAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        string code = status == StatusCodes.Status404NotFound ? "SecretNotFound" : "Forbidden";
        return context.Response.WriteAsJsonAsync(new { error = new { code, message = "for the test" } });
    }

    private static X509Certificate2 Certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed class StubIdentity : TokenCredential
    {
        public ConcurrentQueue<string> Scopes { get; } = new();

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.Enqueue(string.Join(' ', requestContext.Scopes));
            return new(Token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
