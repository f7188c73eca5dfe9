using System.Collections.Concurrent;
using CoinPay.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Testing.Servers;

/// <summary>One received POST.</summary>
internal sealed record Post(
    string Path, string Id, string Timestamp, string Signature, string ContentType, string Body);

/// <summary>An endpoint on 127.0.0.1 that responds as a test wants.</summary>
internal sealed class AnsweringEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Post> _posts = new();

    private AnsweringEndpoint(WebApplication app, Uri url) => (_app, Url) = (app, url);

    public Uri Url { get; }

    public IReadOnlyList<Post> Posts => [.. _posts];

    /// <summary>204 unless a test says otherwise.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = context => Status(context, 204);

    public static async Task<AnsweringEndpoint> StartAsync()
    {
        Uri url = new($"http://127.0.0.1:{LocalProcess.FreePort()}/hook");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url.GetLeftPart(UriPartial.Authority));
        AnsweringEndpoint endpoint = new(builder.Build(), url);
        endpoint._app.Run(endpoint.TakeAsync);
        await endpoint._app.StartAsync();
        return endpoint;
    }

    public void AlwaysAnswer(int status, params (string Name, string Value)[] headers) => Answer = context =>
    {
        foreach ((string name, string value) in headers)
            context.Response.Headers[name] = value;
        return Status(context, status);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task TakeAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        IHeaderDictionary headers = context.Request.Headers;
        _posts.Enqueue(new(
            context.Request.Path,
            headers["webhook-id"].ToString(),
            headers["webhook-timestamp"].ToString(),
            headers["webhook-signature"].ToString(),
            context.Request.ContentType ?? "",
            await reader.ReadToEndAsync()));
        await Answer(context);
    }
}
