using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Benchmarks;

/// <summary>
/// How long a healthy endpoint waits for its webhooks while a hundred others hang, beside the same load on a hundred
/// others that answer. Pings, from the call that asks for one to its arrival.
/// </summary>
internal static class WebhookBenchmark
{
    private const int Others = 100;
    private const int PerMerchant = 50;
    private const int Rounds = 3;
    private const int Pings = 400;
    private const double AllowedChange = 1.1;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>Each of the others is pinged as often as this.</summary>
    private static readonly TimeSpan OthersPace = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        Report.Head("webhooks");
        List<TimeSpan> calm = [], hanging = [];
        List<double> changes = [];
        for (int round = 0; round < Rounds; round++)
        {
            List<TimeSpan> answered = await MeasureAsync(hang: false), hung = await MeasureAsync(hang: true);
            changes.Add(Report.Percentile(hung, 0.99) / Report.Percentile(answered, 0.99));
            calm.AddRange(answered);
            hanging.AddRange(hung);
        }
        Report.Title($"{Rounds * Pings} pings to one endpoint, one every {Pace.TotalMilliseconds} ms, {Others} others pinged too");
        Print("others answer", calm);
        Print("others hang", hanging);
        Report.Line($"p99, hanging to answering, all rounds (aim {AllowedChange})",
            $"{Report.Percentile(hanging, 0.99) / Report.Percentile(calm, 0.99),8:F2}");
        foreach ((int round, double change) in changes.Index())
            Report.Line($"p99, hanging to answering, round {round + 1}", $"{change,8:F2}");
    }

    private static void Print(string what, List<TimeSpan> each)
    {
        foreach (double share in (double[])[0.5, 0.95, 0.99])
            Report.Line($"{what}, p{share * 100}", $"{Report.Percentile(each, share).TotalMilliseconds,8:F0} ms");
    }

    private static async Task<List<TimeSpan>> MeasureAsync(bool hang)
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using AnsweringEndpoint shops = await AnsweringEndpoint.StartAsync();
        await using GatewayProcess gateway =
            await GatewayProcess.StartAsync(azurite.ConnectionString, new Dictionary<string, string?>());
        ConcurrentDictionary<string, long> arrived = new();
        shops.Answer = context => AnswerAsync(context, hang, arrived);
        using HttpClient healthy = await MerchantAsync(gateway.Address);
        string endpoint = await EndpointAsync(healthy, new(shops.Url, "/healthy"));
        using CancellationTokenSource over = new();
        Task others = PingOthersAsync(gateway.Address, shops.Url, over.Token);
        List<(string Id, long Asked)> asked = [];
        for (int number = 0; number < Pings; number++)
        {
            long at = Stopwatch.GetTimestamp();
            asked.Add((await PingAsync(healthy, endpoint), at));
            if (Pace - Stopwatch.GetElapsedTime(at) is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest);
        }
        for (DateTime until = DateTime.UtcNow + Patience; asked.Any(ping => !arrived.ContainsKey(ping.Id)); await Task.Delay(100))
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"some pings did not arrive within {Patience}");
        await over.CancelAsync();
        await others;
        return [.. asked.Select(ping => Stopwatch.GetElapsedTime(ping.Asked, arrived[ping.Id]))];
    }

    private static Task AnswerAsync(HttpContext context, bool hang, ConcurrentDictionary<string, long> arrived)
    {
        if (context.Request.Path == "/healthy")
            arrived.TryAdd(context.Request.Headers["webhook-id"].ToString(), Stopwatch.GetTimestamp());
        else if (hang)
            return Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task PingOthersAsync(Uri gateway, Uri shops, CancellationToken over)
    {
        List<(HttpClient Merchant, string Endpoint)> others = [];
        HttpClient? merchant = null;
        for (int number = 0; number < Others; number++)
        {
            if (number % PerMerchant == 0)
                merchant = await MerchantAsync(gateway);
            others.Add((merchant!, await EndpointAsync(merchant!, new(shops, $"/other{number}"))));
        }
        while (!over.IsCancellationRequested)
            foreach ((HttpClient client, string endpoint) in others)
            {
                await PingAsync(client, endpoint);
                await Task.Delay(OthersPace / Others, over).ContinueWith(_ => { }, TaskScheduler.Default);
                if (over.IsCancellationRequested)
                    break;
            }
        foreach (HttpClient client in others.Select(other => other.Merchant).Distinct())
            client.Dispose();
    }

    private static async Task<HttpClient> MerchantAsync(Uri gateway)
    {
        using HttpClient operators = Client(gateway, GatewayProcess.OperatorKey);
        JsonElement made = await AnswerOf(await operators.PostAsJsonAsync("/v1/merchants", new { name = "Bench" }));
        return Client(gateway, made.GetProperty("api_key").GetString()!);
    }

    private static async Task<string> EndpointAsync(HttpClient merchant, Uri url) =>
        (await AnswerOf(await merchant.PostAsJsonAsync("/v1/webhook-endpoints", new { url })))
            .GetProperty("id").GetString()!;

    private static async Task<string> PingAsync(HttpClient merchant, string endpoint) =>
        (await AnswerOf(await merchant.PostAsync(new Uri($"/v1/webhook-endpoints/{endpoint}/test", UriKind.Relative), null)))
            .GetProperty("id").GetString()!;

    private static HttpClient Client(Uri gateway, string key) => new()
    {
        BaseAddress = gateway,
        Timeout = Patience,
        DefaultRequestHeaders = { Authorization = new("Bearer", key) },
    };

    private static async Task<JsonElement> AnswerOf(HttpResponseMessage response)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode
                ? JsonElement.Parse(text)
                : throw new InvalidOperationException($"{(int)response.StatusCode}: {text}");
        }
    }
}
