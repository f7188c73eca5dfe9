using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using CoinPay.Functions.Startup;
using CoinPay.Testing;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace CoinPay.Acceptance.Scripts;

/// <summary>What <c>scripts/cost.sh</c> adds up, and that the usage it has written down is that of the code.</summary>
public sealed class CostTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests/CoinPay.Acceptance/Scripts/Cost");

    private static readonly string[] Files = ["--prices", Path.Combine(Folder, "prices.json"), "--usage", Path.Combine(Folder, "usage.json")];

    private static readonly JsonNode Usage = Read("scripts/dev/cost/usage.json");

    [Fact]
    public async Task A_month_of_24_hours_costs_what_it_does_by_hand()
    {
        JsonNode answer = await CostAsync(
            "--invoices", "100", "--networks", "2", "--poll", "30", "--always-ready", "1", "--private-endpoints", "2");
        JsonNode functions = answer["forms"]!["functions"]!, process = answer["forms"]!["process"]!;

        // 2,880 polls of two rows in each network, 48 runs that ask 5 times; two queues every 10 s; two leases a minute, and one
        // an hour for each timer.
        Same(11_520 + 240 + 17_280 + 2_880 + 48, functions["idle"]!["operations"]);
        Same(11_760 + 17_280 + 14_400, process["idle"]!["operations"]);
        Assert.True(functions["idle"]!["isWithinTarget"]!.GetValue<bool>());
        Assert.False(process["idle"]!["isWithinTarget"]!.GetValue<bool>());
        SameCosts(functions["idle"]!, new()
        {
            ["tables"] = 5.88,
            ["queuesClass2"] = 17.28,
            ["blobsRead"] = 29.28,
            ["tableGb"] = 9,
            ["keyVault"] = 7.2,
            ["executions"] = 20,
            ["gbSeconds"] = 5,
            ["alwaysReadyGbSeconds"] = 17.28,
            ["endpointHours"] = 12,
            ["endpointGb"] = 15.984,
        });
        SameCosts(process["idle"]!, new()
        {
            ["tables"] = 5.88,
            ["queuesClass2"] = 17.28,
            ["blobsRead"] = 144,
            ["keyVault"] = 7.2,
            ["endpointHours"] = 12,
            ["endpointGb"] = 21.72,
        });
        Same(10, functions["invoice"]!["operations"]);
        SameCosts(functions["invoice"]!, new()
        {
            ["tables"] = 0.002,
            ["queuesClass1"] = 0.02,
            ["queuesClass2"] = 0.005,
            ["endpointGb"] = 0.005,
            ["executions"] = 0.02,
            ["gbSeconds"] = 0.004,
            ["alwaysReadyExecutions"] = 0.003,
            ["alwaysReadyExecutionGbSeconds"] = 0.006,
        });
        SameCosts(process["invoice"]!, new() { ["tables"] = 0.0025, ["queuesClass1"] = 0.02, ["endpointGb"] = 0.003 });
        Same(138.904 + (100 * 0.065), functions["total"]);
        Same(208.08 + (100 * 0.0255), process["total"]);
    }

    [Fact]
    public async Task What_a_month_has_for_nothing_costs_nothing_until_invoices_use_it_up()
    {
        JsonNode answer = await CostAsync(
            "--invoices", "100", "--networks", "1", "--poll", "86400", "--always-ready", "0", "--private-endpoints", "0");
        JsonNode functions = answer["forms"]!["functions"]!;
        JsonObject idle = functions["idle"]!["cost"]!.AsObject();
        Assert.False(idle.ContainsKey("executions") || idle.ContainsKey("gbSeconds") || idle.ContainsKey("endpointHours"));
        // 49 runs and 500 executions of two seconds' memory: 242 of the 1,098 are more than the grant.
        Same(functions["idle"]!["sum"]!.GetValue<double>() + (100 * 0.027) + 0.242, functions["total"]);
    }

    [Fact]
    public async Task Prices_that_nobody_has_checked_are_named()
    {
        (int code, string printed) = await RunAsync(Files);
        Assert.True(code == 0, printed);
        string unverified = printed.Split('\n').Single(line => line.StartsWith("NOT VERIFIED", StringComparison.Ordinal));
        Assert.Contains("gbSeconds", unverified, StringComparison.Ordinal);
        Assert.DoesNotContain("tables", unverified, StringComparison.Ordinal);
        Assert.Contains("within the target of 32,000", printed, StringComparison.Ordinal);
        Assert.Contains("ABOVE the target of 32,000", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tables_of_the_repository_price_everything_that_is_used()
    {
        (int code, string printed) = await RunAsync(["--json", "--always-ready", "1", "--private-endpoints", "4"]);
        Assert.True(code == 0, printed);
        JsonNode invoice = JsonNode.Parse(printed)!["forms"]!["process"]!["invoice"]!;
        // Measured by scripts/bench.sh invoice: 94, of which 7 are leases that an idle hub has, too.
        Same(87, invoice["operations"]);
    }

    [Theory]
    [InlineData("--poll", "0", "--poll must be")]
    [InlineData("--networks", "some", "--networks must be")]
    [InlineData("--cloud", "1", "--cloud")]
    public async Task An_option_that_makes_no_sense_is_refused(string option, string value, string says)
    {
        (int code, string printed) = await RunAsync([option, value]);
        Assert.Equal(1, code);
        Assert.Contains(says, printed, StringComparison.Ordinal);
    }

    [Fact]
    public void The_timers_are_those_of_the_code() => Assert.Equal(
        Triggers<TimerTriggerAttribute>().Select(timer => (timer.Function, timer.Trigger.Schedule)).Order(),
        Usage["timers"]!.AsObject().Select(timer => (timer.Key, timer.Value!["schedule"]!.ToString())).Order());

    [Fact]
    public void The_queues_are_those_of_the_code_and_looked_at_as_often_as_host_json_says()
    {
        JsonNode host = Read("host.json")["extensions"]!;
        JsonNode durable = host["durableTask"]!["storageProvider"]!;
        Assert.Equal(
            Triggers<QueueTriggerAttribute>().Select(queue => queue.Function).Order(),
            Usage["queues"]!["triggers"]!.AsArray().Select(name => name!.ToString()).Order());
        Same(Seconds(host["queues"]!["maxPollingInterval"]), Usage["queues"]!["pollSeconds"]!["functions"]);
        Same(durable["partitionCount"]!.GetValue<int>(), Request("Durable: 4 control queues")["times"]);
        Same(durable["partitionCount"]!.GetValue<int>(), Request("Durable: leases of 4 partitions")["times"]);
        foreach (string what in new[] { "Durable: 4 control queues", "Durable: queue of work items" })
            Same(Seconds(durable["maxQueuePollingInterval"]), Request(what)["everySeconds"]);
    }

    private static JsonNode Request(string what) =>
        Usage["idle"]!["functions"]!["requests"]!.AsArray().Single(request => request!["what"]!.ToString() == what)!;

    private static IEnumerable<(string Function, T Trigger)> Triggers<T>()
        where T : Attribute =>
        from method in typeof(Gateway).Assembly.GetTypes().SelectMany(type => type.GetMethods())
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<T>()
        where trigger is not null
        select (function.Name, trigger);

    private static void SameCosts(JsonNode part, Dictionary<string, double> expected)
    {
        Dictionary<string, double> cost = part["cost"]!.AsObject().ToDictionary(kind => kind.Key, kind => kind.Value!.GetValue<double>());
        Assert.Equal(expected.Keys.Order(), cost.Keys.Order());
        foreach ((string kind, double amount) in expected)
            Assert.True(Math.Abs(amount - cost[kind]) < 1e-9, $"{kind}: {amount} by hand, {cost[kind]} by the script");
        Same(expected.Values.Sum(), part["sum"]);
    }

    private static void Same(double expected, JsonNode? actual) => Assert.Equal(expected, actual!.GetValue<double>(), 1e-9);

    private static double Seconds(JsonNode? interval) =>
        TimeSpan.Parse(interval!.ToString(), System.Globalization.CultureInfo.InvariantCulture).TotalSeconds;

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Root, path)))!;

    private static async Task<JsonNode> CostAsync(params string[] options)
    {
        (int code, string printed) = await RunAsync([.. options, .. Files, "--json"]);
        Assert.True(code == 0, printed);
        return JsonNode.Parse(printed)!;
    }

    private static async Task<(int Code, string Printed)> RunAsync(string[] arguments)
    {
        ProcessStartInfo start = new("bash", [Path.Combine(RepositoryFiles.Root, "scripts/cost.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string printed = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, printed);
    }
}
