using CoinPay.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace CoinPay.Testing.Servers;

/// <summary>What happens to the gateway's answers on the way; the requests arrive.</summary>
internal enum AnswerFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The first answer to a POST is lost with its connection.</summary>
    Lost,

    /// <summary>Half of the first answer to a POST arrives.</summary>
    Cut,

    /// <summary>A gateway in between says 502 although the first POST was done.</summary>
    BadGateway,

    /// <summary>Each POST arrives twice, and the second answer is the one that comes back.</summary>
    Doubled,

    /// <summary>The first answer to a POST comes when nobody waits for it any more.</summary>
    Late,
}

/// <summary>Stands between a shop and the gateway, and does to answers what networks do.</summary>
internal sealed class AnswerProxy : IAsyncDisposable
{
    private static readonly string[] Passed = ["Authorization", "Idempotency-Key"];

    private readonly WebApplication _app;
    private readonly HttpClient _gateway;
    private readonly AnswerFault _fault;
    private int _posts;

    private AnswerProxy(WebApplication app, Uri address, Uri gateway, AnswerFault fault) =>
        (_app, Address, _gateway, _fault) = (app, address, new HttpClient { BaseAddress = gateway }, fault);

    public Uri Address { get; }

    /// <summary>How many POSTs came.</summary>
    public int Posts => _posts;

    /// <summary>Runs before the answer to the first POST is passed on, which the gateway has then done.</summary>
    public Func<Task> AfterFirst { get; set; } = static () => Task.CompletedTask;

    public static async Task<AnswerProxy> StartAsync(Uri gateway, AnswerFault fault)
    {
        Uri address = new($"http://127.0.0.1:{LocalProcess.FreePort()}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        AnswerProxy proxy = new(builder.Build(), address, gateway, fault);
        proxy._app.Run(proxy.PassAsync);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _gateway.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        using HttpResponseMessage answer = await SendAsync(context.Request, body.ToArray());
        byte[] text = await answer.Content.ReadAsByteArrayAsync();
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = text.Length;
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(text);
            return;
        }
        bool isFirst = Interlocked.Increment(ref _posts) == 1;
        if (isFirst)
            await AfterFirst();
        switch (isFirst ? _fault : AnswerFault.None)
        {
            case AnswerFault.Lost:
                context.Abort();
                break;
            case AnswerFault.Cut:
                await context.Response.Body.WriteAsync(text.AsMemory(0, text.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case AnswerFault.BadGateway:
                (context.Response.StatusCode, context.Response.ContentLength) = (StatusCodes.Status502BadGateway, 0);
                break;
            case AnswerFault.Late:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
            default:
                await context.Response.Body.WriteAsync(text);
                break;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequest request, byte[] body)
    {
        if (_fault == AnswerFault.Doubled && HttpMethods.IsPost(request.Method))
            (await OnceAsync(request, body)).Dispose();
        return await OnceAsync(request, body);
    }

    private async Task<HttpResponseMessage> OnceAsync(HttpRequest request, byte[] body)
    {
        using HttpRequestMessage passed = new(new HttpMethod(request.Method), request.Path + request.QueryString);
        foreach (string name in Passed)
            if (request.Headers.TryGetValue(name, out StringValues value))
                passed.Headers.TryAddWithoutValidation(name, (string?)value);
        if (body.Length > 0)
        {
            passed.Content = new ByteArrayContent(body);
            passed.Content.Headers.ContentType = new("application/json");
        }
        return await _gateway.SendAsync(passed);
    }
}
