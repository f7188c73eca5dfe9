using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.App;

[Collection(InProcess.Name)]
public sealed class ManagementInProcessTests(InProcessHost host) : ManagementTests(host);

[Collection(OutOfProcess.Name)]
public sealed class ManagementOutOfProcessTests(OutOfProcessHost host) : ManagementTests(host);

/// <summary>A function starts orchestrations; operators look at them and wake them by the Durable extension's own API.</summary>
public abstract class ManagementTests(SharedHost shared)
{
    private readonly string _prefix = $"m{Guid.NewGuid():N}-";

    private HostProcess Host => shared.Host;

    private string Id => _prefix + "0";

    [Theory]
    [InlineData("")]
    [InlineData("?code=")]
    [InlineData("?code=wrong")]
    [InlineData("?code=" + SharedHost.FunctionKey)]
    public async Task Without_the_system_key_nobody_gets_in(string query)
    {
        using HttpResponseMessage answer = await Host.Http.GetAsync("/runtime/webhooks/durabletask/instances" + query);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task An_orchestration_lives_by_activities_timers_and_an_operators_events()
    {
        await Host.PostAsync($"/start/{nameof(TestApp.Life)}/{_prefix}/1");
        foreach (string name in (string[])["Go", "Stop"])
        {
            await Host.UntilAsync(Id, life => (string?)life["customStatus"] == name);
            using HttpResponseMessage raised = await Host.Http.PostAsync(
                HostProcess.Instances($"/{Id}/raiseEvent/{name}"), new StringContent($"\"{name.ToLowerInvariant()}\"", null, "application/json"));
            Assert.Equal(HttpStatusCode.Accepted, raised.StatusCode);
        }
        JsonNode ended = await Host.EndAsync(Id);
        Assert.Equal("Completed", (string?)ended["runtimeStatus"]);
        Assert.Equal(TestApp.Life.Result, (string?)ended["output"]);
        Assert.Equal(["first", "second", "third"], await shared.Run.TextsAsync(Id));
    }

    [Fact]
    public async Task What_an_activity_throws_is_the_orchestrations_failure()
    {
        await Host.PostAsync($"/start/FailingLife/{_prefix}/1");
        JsonNode ended = await Host.EndAsync(Id);
        Assert.Equal("Failed", (string?)ended["runtimeStatus"]);
        Assert.Contains("as asked", ended["output"]!.ToString(), StringComparison.Ordinal);
        string line = $" {Id}] ";
        Assert.Contains(
            Host.Output.Split('\n'), log => log.Contains("[LifeStep ", StringComparison.Ordinal) && log.Contains(line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instance_is_terminated_listed_and_purged()
    {
        await Host.PostAsync($"/start/{nameof(TestApp.Life)}/{_prefix}/1");
        await Host.UntilAsync(Id, life => (string?)life["runtimeStatus"] == "Running");
        await Host.Http.PostAsync(HostProcess.Instances($"/{Id}/terminate?reason=enough"), content: null);
        Assert.Equal("Terminated", (string?)(await Host.EndAsync(Id))["runtimeStatus"]);
        JsonArray listed = JsonNode.Parse(await Host.Http.GetStringAsync(
            HostProcess.Instances($"?runtimeStatus=Terminated&instanceIdPrefix={_prefix}")))!.AsArray();
        Assert.Equal(Id, (string?)Assert.Single(listed)!["instanceId"]);
        using HttpResponseMessage purged = await Host.Http.DeleteAsync(HostProcess.Instances($"/{Id}"));
        Assert.Equal(HttpStatusCode.OK, purged.StatusCode);
        Assert.Null(await Host.InstanceAsync(Id));
    }
}
