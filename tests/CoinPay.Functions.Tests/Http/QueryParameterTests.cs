using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Functions.Docs;
using CoinPay.Functions.Http;
using CoinPay.Functions.Startup;
using CoinPay.Testing.Gateway;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>A call has the query parameters of the document, and refuses any other.</summary>
public sealed class QueryParameterTests
{
    private static readonly JsonObject Document = OpenApiDocument.Build();

    [Fact]
    public void Every_call_has_the_query_parameters_that_the_document_names()
    {
        IEnumerable<string> declared =
            from method in typeof(Gateway).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            let function = method.GetCustomAttribute<FunctionAttribute>()?.Name
            let parameters = method.GetCustomAttribute<QueryParametersAttribute>()
            where function is not null && parameters is not null
            select $"{JsonNamingPolicy.CamelCase.ConvertName(function)}: {string.Join(' ', parameters.Names)}";

        Assert.Equal(
            OpenApiDocument.Calls(Document).Select(call => (call.Operation, Names: ParametersOf(call.Operation)))
                .Where(call => call.Names.Length > 0)
                .Select(call => $"{call.Operation["operationId"]}: {string.Join(' ', call.Names)}").Order(StringComparer.Ordinal),
            declared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_unknown_query_parameter_is_refused_by_every_call_and_named_with_those_that_it_has()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        foreach ((string path, string method, JsonObject operation) in OpenApiDocument.Calls(Document))
        {
            if (!path.StartsWith("/v1/", StringComparison.Ordinal))
                continue;
            ApiAnswer refused = await gateway.Operator.SendAsync(
                new HttpMethod(method.ToUpperInvariant()), path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal) + "?lmit=5",
                null);
            refused.ExpectProblem(HttpStatusCode.BadRequest, "unknown_parameter");
            Assert.All(ParametersOf(operation).Prepend("lmit"), name => Assert.Contains(name, refused["detail"], StringComparison.Ordinal));
        }
        (await gateway.Operator.GetAsync("/v1/nothing?lmit=5")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_query_parameter_given_twice_is_refused_and_its_case_does_not_matter()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key);
        (await api.GetAsync("/v1/invoices?order_id=a&order_id=b")).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await api.GetAsync("/v1/invoices?Limit=1")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/v1/invoices?network=dogecoin", "unsupported_network", "anvil, anvil-two, bitcoin-regtest")]
    [InlineData("/v1/invoices?status=payed", "invalid_request", "created, detected")]
    [InlineData("/v1/events?invoice_id=1001", "invalid_request", "inv_")]
    public async Task A_filter_that_can_match_nothing_is_refused_and_what_it_could_be_is_named(string path, string code, string says)
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key);
        Assert.Contains(says, (await api.GetAsync(path)).ExpectProblem(HttpStatusCode.BadRequest, code)["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_shown_whatever_parameters_a_link_has_gathered()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key), anyone = new(gateway.Address, null);
        object order = new { price = new { amount = "5", currency = "USDT" }, network = "anvil", asset = "USDT" };
        string id = (await api.PostAsync("/v1/invoices", order)).Expect(HttpStatusCode.Created)["id"]!;
        foreach (string path in new[] { "/pay/" + id, $"/pay/{id}/status", "/docs", "/openapi.json", "/health/live", "/problems/not_found" })
            (await anyone.GetAsync(path + "?utm_source=mail&utm_source=ad&fbclid=1")).Expect(HttpStatusCode.OK);
    }

    private static string[] ParametersOf(JsonObject operation) =>
    [
        .. (operation["parameters"]?.AsArray() ?? [])
            .Select(parameter => parameter!["$ref"]?.ToString() is { } reference
                ? Document["components"]!["parameters"]![reference.Split('/')[^1]]!
                : parameter)
            .Where(parameter => parameter["in"]!.ToString() == "query")
            .Select(parameter => parameter["name"]!.ToString()),
    ];
}
