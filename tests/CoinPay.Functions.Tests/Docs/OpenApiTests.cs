using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Chains.Configuration;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Checkout;
using CoinPay.Functions.Docs;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Startup;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing.Gateway;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>The document says what the app does: no call, code or word more, and none less.</summary>
public sealed class OpenApiTests
{
    /// <summary>Not calls of the contract: the answer to unknown paths, and a file behind a page.</summary>
    private static readonly string[] NoCalls = ["{*path}", "docs/scalar.js"];

    private static readonly JsonObject Document = OpenApiDocument.Build();

    [Fact]
    public void Every_http_function_is_in_the_document_under_its_own_name_and_nothing_else_is()
    {
        IEnumerable<string> functions =
            from function in typeof(Gateway).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            let name = function.GetCustomAttribute<FunctionAttribute>()?.Name
            where name is not null
            let trigger = function.GetParameters().Select(part => part.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault()
            where trigger is not null && !NoCalls.Contains(trigger.Route)
            from method in trigger.Methods!
            select $"{method} /{trigger.Route} {JsonNamingPolicy.CamelCase.ConvertName(name)}";

        Assert.Equal(
            functions.Order(StringComparer.Ordinal),
            OpenApiDocument.Calls(Document)
                .Select(call => $"{call.Method} {call.Path} {call.Operation["operationId"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_problem_is_an_answer_of_some_call()
    {
        IEnumerable<string> answered =
            from call in OpenApiDocument.Calls(Document)
            from answer in call.Operation["responses"]!.AsObject()
            from part in answer.Value!["content"]?["application/problem+json"]?["schema"]?["allOf"]?.AsArray() ?? []
            from code in part!["properties"]?["code"]?["enum"]?.AsArray() ?? []
            select code!.ToString();

        Assert.Equal(
            ProblemKinds.All.Select(kind => kind.Code).Order(StringComparer.Ordinal),
            answered.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_closed_set_is_that_of_the_code()
    {
        InvoiceStatus[] statuses = Enum.GetValues<InvoiceStatus>();
        Dictionary<string, IEnumerable<string>> sets = new()
        {
            ["InvoiceStatus"] = statuses.Select(status => status.Text()),
            ["CustomerStatus"] = statuses.Select(status => status.CustomerText()),
            ["NextAction"] = [.. statuses.Select(status => status.NextAction()), "review_excess"],
            ["Owner"] = statuses.Select(status => status.Owner()),
            ["TransactionStatus"] = Enum.GetNames<TransferStatus>().Select(name => name.ToLowerInvariant()),
            ["ExceptionType"] = Enum.GetValues<ExceptionType>().Select(type => type.Text()),
            ["ExceptionAction"] = Enum.GetValues<ExceptionAction>().Select(action => action.Text()),
            ["EventType"] = EventTypes.All,
            ["DeliveryStatus"] = Words<DeliveryStatus>(),
            ["NetworkFamily"] = [.. NetworkFamilies.All.Select(family => family.Name)],
            ["OfferStatus"] = Enum.GetValues<OfferStatus>().Select(WireName.Of),
            ["CheckoutPhase"] = Words<CheckoutPhase>(),
            ["ReplayStatus"] = Words<ReplayStatus>(),
            ["Scope"] = Scopes.Write(Scopes.Built),
            ["GoodsOrNull"] = [.. PolicyWords.Goods, ""],
            ["AmountPolicy"] = PolicyWords.Amounts.Keys,
            ["WalletKind"] = [.. NetworkFamilies.All.Select(family => family.WalletKind.Name)],
            ["ProblemCode"] = ProblemKinds.All.Select(kind => kind.Code),
        };

        foreach ((string schema, IEnumerable<string> words) in sets)
            Assert.Equal(
                (schema, string.Join(' ', words.Distinct().Order(StringComparer.Ordinal))),
                (schema, string.Join(' ', EnumOf(schema).Order(StringComparer.Ordinal))));
    }

    [Fact]
    public void Every_example_is_valid() => Assert.Empty(OpenApiCheck.WrongExamples());

    [Fact]
    public async Task The_gateway_serves_the_document_and_its_problems_are_pages()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        using Api anyone = new(gateway.Address, null);

        Assert.True(JsonNode.DeepEquals(Document, (await anyone.GetAsync("/openapi.json")).Json));
        foreach (ProblemKind kind in ProblemKinds.All)
        {
            ApiAnswer page = await anyone.GetAsync(kind.Page);
            Assert.Equal(("text/html", true), (page.ContentType, page.Text.Contains(kind.Code, StringComparison.Ordinal)));
        }
        (await anyone.GetAsync("/problems/nonsense")).ExpectProblem(System.Net.HttpStatusCode.NotFound, "not_found");
    }

    private static IEnumerable<string> Words<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);

    private static IEnumerable<string> EnumOf(string schema) =>
        Document["components"]!["schemas"]![schema]!["enum"]!.AsArray().Select(word => word?.ToString() ?? "");
}
