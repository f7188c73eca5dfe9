using CoinPay.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace CoinPay.Acceptance.World;

/// <summary>
/// Stands between the gateway and Azurite's tables and lets a test act just before or just after a write: that is where a
/// process can die. What it forwards is untouched, so signatures hold.
/// </summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _azurite;

    private StorageProxy(WebApplication app, HttpClient azurite, string connectionString)
    {
        _app = app;
        _azurite = azurite;
        ConnectionString = connectionString;
    }

    /// <summary>Azurite's connection string with the tables' endpoint replaced by this.</summary>
    public string ConnectionString { get; }

    /// <summary>Called before a write is forwarded; true: it never is, and the caller gets no answer.</summary>
    public Func<StorageWrite, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    /// <summary>Called when a write has taken effect; true: the caller does not get the answer.</summary>
    public Func<StorageWrite, Task<bool>> After { get; set; } = _ => Task.FromResult(false);

    public static async Task<StorageProxy> StartAsync(Azurite azurite)
    {
        int port = LocalProcess.FreePort();
        string tables = azurite.ConnectionString.Split(';').Single(part => part.StartsWith("TableEndpoint=", StringComparison.Ordinal));
        Uri target = new(new Uri(tables["TableEndpoint=".Length..]).GetLeftPart(UriPartial.Authority));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        WebApplication app = builder.Build();
        string connection = azurite.ConnectionString.Replace(target.Authority, $"127.0.0.1:{port}", StringComparison.Ordinal);
        StorageProxy proxy = new(app, new HttpClient { BaseAddress = target }, connection);
        app.Run(proxy.ForwardAsync);
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _azurite.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        StorageWrite write = new(context.Request.Method, context.Request.Path, System.Text.Encoding.UTF8.GetString(body.ToArray()));
        bool isWrite = context.Request.Method != "GET";
        if (isWrite && await Before(write))
        {
            context.Abort();
            return;
        }
        using HttpResponseMessage answer = await _azurite.SendAsync(Copy(context.Request, body.ToArray()));
        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        if (isWrite && await After(write))
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive" or "Content-Length"))
                context.Response.Headers[name] = new StringValues(values.ToArray());
        if (content.Length > 0)
            await context.Response.Body.WriteAsync(content);
    }

    private static HttpRequestMessage Copy(HttpRequest request, byte[] body)
    {
        // As it was written: the signature is over the encoded form.
        string target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        HttpRequestMessage copy = new(new HttpMethod(request.Method), target);
        copy.Content = body.Length > 0 || request.Method is "POST" or "PUT" or "MERGE" ? new ByteArrayContent(body) : null;
        foreach ((string name, StringValues values) in request.Headers)
            if (name is not ("Host" or "Content-Length" or "Connection") && !copy.Headers.TryAddWithoutValidation(name, [.. values]))
                copy.Content?.Headers.TryAddWithoutValidation(name, [.. values]);
        return copy;
    }
}

/// <summary>A write of a table: which table by the path, or by the body for a batch.</summary>
internal sealed record StorageWrite(string Method, string Path, string Body)
{
    public bool Touches(string table) =>
        Path.Contains("/" + table, StringComparison.Ordinal) || (Path.EndsWith("$batch", StringComparison.Ordinal) && Body.Contains("/" + table, StringComparison.Ordinal));
}
