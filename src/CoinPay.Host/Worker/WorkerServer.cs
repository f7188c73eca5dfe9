using CoinPay.Host.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Worker;

/// <summary>The gRPC server, on a free port of the loopback address, that workers call.</summary>
internal static class WorkerServer
{
    /// <param name="folder">The app's folder.</param>
    /// <param name="pool">Receives a worker that is ready.</param>
    /// <param name="log">Receives the worker's log lines.</param>
    /// <param name="loggers">The host's loggers.</param>
    /// <returns>The started server; its first URL is the endpoint.</returns>
    public static async Task<WebApplication> StartAsync(AppFolder folder, WorkerPool pool, WorkerLog log, ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = QuietWeb.CreateBuilder(loggers);
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = null);
        builder.Services.AddSingleton(folder).AddSingleton(pool).AddSingleton(log).AddTransient<WorkerConversation>();
        WebApplication server = builder.Build();
        server.MapGrpcService<WorkerConversation>();
        await server.StartAsync();
        return server;
    }
}
