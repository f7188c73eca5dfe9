using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

public static class StartFunction
{
    [Function("Start")]
    public static async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start/{orchestrator}")] HttpRequest request,
        string orchestrator,
        [DurableClient] DurableTaskClient client) =>
        new AcceptedResult(string.Empty, await client.ScheduleNewOrchestrationInstanceAsync(orchestrator));
}

/// <summary>The whole host on Azurite: a function starts orchestrations, operators look at them.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class ManagementTests(AzuriteFixture azurite)
{
    private const string Key = "code=system-key";
    private readonly string _hub = "M" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Without_the_system_key_nobody_gets_in()
    {
        await using TestHost host = await StartAsync();
        foreach (string query in (string[])["", "?code=", "?code=wrong"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.GetAsync(Instances(query))).StatusCode);
    }

    [Fact]
    public async Task An_instance_is_started_by_a_function_woken_by_an_operator_and_shown_with_its_history()
    {
        await using TestHost host = await StartAsync();
        string id = await StartAsync(host, "Mixed");
        Assert.Equal(HttpStatusCode.Accepted, (await host.Http.GetAsync(Instances($"/{id}?{Key}"))).StatusCode);
        using HttpResponseMessage raised = await host.Http.PostAsync(Instances($"/{id}/raiseEvent/Go?{Key}"), new StringContent("\"go\""));
        Assert.Equal(HttpStatusCode.Accepted, raised.StatusCode);
        await host.Client.WaitForInstanceCompletionAsync(id);
        JsonNode shown = JsonNode.Parse(await host.Http.GetStringAsync(
            Instances($"/{id}?showHistory=true&showHistoryOutput=true&{Key}")))!;
        Assert.Equal("Completed", (string?)shown["runtimeStatus"]);
        Assert.Equal("a1 go a2", (string?)shown["output"]);
        Assert.Contains(shown["historyEvents"]!.AsArray(), step => (string?)step!["FunctionName"] == "Say" && (string?)step["Result"] == "a1");
    }

    [Fact]
    public async Task An_instance_is_terminated_listed_and_purged()
    {
        await using TestHost host = await StartAsync();
        string id = await StartAsync(host, "OneEvent");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await host.Http.DeleteAsync(Instances($"/{id}?{Key}"))).StatusCode);
        await host.Http.PostAsync(Instances($"/{id}/terminate?reason=enough&{Key}"), null);
        await host.Client.WaitForInstanceCompletionAsync(id);
        JsonArray listed = JsonNode.Parse(await host.Http.GetStringAsync(Instances($"?runtimeStatus=Terminated&{Key}")))!.AsArray();
        Assert.Equal(id, (string?)Assert.Single(listed)!["instanceId"]);
        Assert.Equal(HttpStatusCode.Gone, (await host.Http.PostAsync(Instances($"/{id}/raiseEvent/Go?{Key}"), null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.DeleteAsync(Instances($"/{id}?{Key}"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync(Instances($"/{id}?{Key}"))).StatusCode);
    }

    [Fact]
    public async Task A_second_host_stands_by_and_takes_over_in_order()
    {
        TestHost first = await StartAsync();
        string id = await StartAsync(first, "OneEvent");
        Task<TestHost> second = StartAsync();
        await Task.Delay(300);
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        await using TestHost now = await second.WaitAsync(Eventually.Patience);
        await now.Client.RaiseEventAsync(id, "Go", "after the change");
        Assert.Equal("after the change", (await now.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>());
    }

    private static string Instances(string rest) => "/runtime/webhooks/durabletask/instances" + rest;

    private static async Task<string> StartAsync(TestHost host, string orchestrator)
    {
        using HttpResponseMessage started = await host.Http.PostAsync("/start/" + orchestrator, null);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        return await started.Content.ReadAsStringAsync();
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        azurite.ConnectionString,
        [.. DurableConformanceTests.Functions, typeof(StartFunction)],
        new Dictionary<string, string?> { ["extensions:durableTask:hubName"] = _hub, ["extensions:http:routePrefix"] = "" });
}
