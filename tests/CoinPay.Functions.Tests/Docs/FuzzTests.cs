using System.Globalization;
using System.Net;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>
/// Requests made from the document, right ones and broken ones: none ends in 500, every refusal is a problem that the
/// document knows, and what is refused changes no row. COINPAY_FUZZ says how many, COINPAY_SEED which.
/// </summary>
public sealed class FuzzTests
{
    private const int DefaultRequests = 1000;

    /// <summary>A gateway's tables grow with what was accepted: after so many requests another begins.</summary>
    private const int RequestsPerGateway = 1000;

    private const int MaxTold = 20;

    private static int Requests { get; } = Number("COINPAY_FUZZ", DefaultRequests);

    [Fact]
    public async Task Any_request_is_done_or_refused_in_good_order_and_a_refused_one_changes_nothing()
    {
        int seed = Number("COINPAY_SEED", 1);
        Dictionary<int, int> statuses = [];
        List<string> wrong = [];
        for (int done = 0; done < Requests; done += RequestsPerGateway)
            await RunAsync(seed++, Math.Min(RequestsPerGateway, Requests - done), statuses, wrong);

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(MaxTold)));
        // Both kinds came in numbers, or nothing was shown.
        Assert.True(statuses.GetValueOrDefault(200) + statuses.GetValueOrDefault(201) > Requests / 10, Told(statuses));
        Assert.True(statuses.GetValueOrDefault(400) > Requests / 10, Told(statuses));
        TestContext.Current.TestOutputHelper?.WriteLine(Told(statuses));
    }

    private static async Task RunAsync(int seed, int requests, Dictionary<int, int> statuses, List<string> wrong)
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        FuzzedRequests fuzz = await FuzzedRequests.ForAsync(gateway, seed);
        using HttpClient http = new(new DocumentedAnswers()) { BaseAddress = gateway.Address };
        string before = await gateway.DumpAsync();
        for (int number = 0; number < requests; number++)
        {
            (HttpRequestMessage request, string told) = fuzz.Next();
            using HttpRequestMessage disposed = request;
            string name = $"seed {seed}, request {number}: {told}";
            try
            {
                using HttpResponseMessage response = await http.SendAsync(request);
                await gateway.QuietAsync();
                statuses[(int)response.StatusCode] = statuses.GetValueOrDefault((int)response.StatusCode) + 1;
                if (!IsInOrder(response))
                    wrong.Add($"{name}: {(int)response.StatusCode}");
                string after = await gateway.DumpAsync();
                if (!response.IsSuccessStatusCode && before != after)
                    wrong.Add($"{name}: {(int)response.StatusCode} changed a row");
                before = after;
            }
            catch (Xunit.Sdk.XunitException undocumented)
            {
                wrong.Add($"{name}: {undocumented.Message}");
            }
        }
    }

    // A currency that nobody has a rate for, or a node that is not there, is no fault of the gateway's. The customer's page
    // is a page when it says no, too; that only it may be is in the document.
    private static bool IsInOrder(HttpResponseMessage response) =>
        response.StatusCode is < HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable
        && (response.IsSuccessStatusCode
            || response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "text/html");

    private static string Told(Dictionary<int, int> statuses) =>
        string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}"));

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : otherwise;
}
