using System.Collections.Concurrent;
using System.Text;
using CoinPay.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace CoinPay.Benchmarks;

/// <summary>
/// Stands before all three services of Azurite and keeps every request that passes. Whatever a process sends is
/// counted, by whichever client; what it forwards is untouched, so signatures hold.
/// </summary>
internal sealed class StorageCounter : IAsyncDisposable
{
    public const string Account = "/devstoreaccount1/";
    private readonly WebApplication _app;
    private readonly HttpClient _azurite =
        new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
    private readonly Dictionary<int, (string Service, Uri Target)> _services = [];
    private readonly ConcurrentQueue<StorageCall> _calls = new();

    private StorageCounter(string storage)
    {
        ConnectionString = storage;
        foreach (string service in (string[])["Table", "Queue", "Blob"])
        {
            string setting =
                storage.Split(';').Single(part => part.StartsWith(service + "Endpoint=", StringComparison.Ordinal));
            Uri target =
                new(new Uri(setting[(service.Length + "Endpoint=".Length)..]).GetLeftPart(UriPartial.Authority));
            int port = LocalProcess.FreePort();
            _services.Add(port, (service, target));
            ConnectionString =
                ConnectionString.Replace(target.Authority, $"127.0.0.1:{port}", StringComparison.Ordinal);
        }
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls([.. _services.Keys.Select(port => $"http://127.0.0.1:{port}")]);
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    /// <summary>Azurite's, with this in the place of its three services.</summary>
    public string ConnectionString { get; }

    public int Count => _calls.Count;

    public static async Task<StorageCounter> StartAsync(string storage)
    {
        StorageCounter counter = new(storage);
        await counter._app.StartAsync();
        return counter;
    }

    /// <summary>What has passed since the last time this was asked.</summary>
    public IReadOnlyList<StorageCall> Take()
    {
        List<StorageCall> taken = [];
        while (_calls.TryDequeue(out StorageCall? call))
            taken.Add(call);
        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _azurite.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        (string service, Uri target) = _services[context.Connection.LocalPort];
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        using HttpRequestMessage copy = Copy(context.Request, target, body.ToArray());
        using HttpResponseMessage answer = await _azurite.SendAsync(copy);
        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        _calls.Enqueue(new(
            service,
            context.Request.Method,
            context.Request.Path.Value![Account.Length..],
            Uri.UnescapeDataString(context.Request.QueryString.Value!),
            Encoding.UTF8.GetString(body.ToArray()),
            service == "Queue" ? Encoding.UTF8.GetString(content) : string.Empty));
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive" or "Content-Length"))
                context.Response.Headers[name] = new StringValues(values.ToArray());
        if (content.Length > 0)
            await context.Response.Body.WriteAsync(content);
    }

    private static HttpRequestMessage Copy(HttpRequest request, Uri target, byte[] body)
    {
        // As it was written: the signature is over the encoded form.
        string raw = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        HttpRequestMessage copy = new(new HttpMethod(request.Method), new Uri(target, raw));
        bool hasBody = body.Length > 0 || request.Method is "POST" or "PUT" or "MERGE";
        copy.Content = hasBody ? new ByteArrayContent(body) : null;
        foreach ((string name, StringValues values) in request.Headers)
            if (name is not ("Host" or "Content-Length" or "Connection")
                && !copy.Headers.TryAddWithoutValidation(name, [.. values]))
                copy.Content?.Headers.TryAddWithoutValidation(name, [.. values]);
        return copy;
    }
}
