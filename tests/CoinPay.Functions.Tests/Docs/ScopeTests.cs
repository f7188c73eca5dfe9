using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Functions.Access;
using CoinPay.Functions.Docs;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>Every call of the document with every scope: only the one that the document names lets in.</summary>
public sealed class ScopeTests
{
    private const string Unique = "_00000000000000000000000000";

    [Fact]
    public async Task A_call_lets_in_the_scope_that_the_document_names_and_no_other()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (string merchant, _) = await gateway.MerchantAsync();
        using Api nobody = new(gateway.Address, null);
        Dictionary<string, Api> keys = new() { ["operator"] = gateway.Operator };
        foreach (string scope in Scopes.Write(Scopes.Built))
            keys[scope] = new(gateway.Address, (await gateway.Operator.PostAsync(
                $"/v1/merchants/{merchant}/api-keys", new { scopes = new[] { scope } }))["api_key"]);

        List<string> wrong = [];
        foreach ((string path, string method, JsonObject operation) in OpenApiDocument.Calls(OpenApiDocument.Build()))
        {
            if (operation["security"]!.AsArray().Count == 0)
                continue;
            (HttpStatusCode without, _) = await CallAsync(nobody, path, method, operation);
            if (without != HttpStatusCode.Unauthorized)
                wrong.Add($"{method} {path} without a key: {without}");
            foreach ((string name, Api api) in keys)
            {
                (HttpStatusCode status, string? code) = await CallAsync(api, path, method, operation);
                if (Allows(operation, name) != (status != HttpStatusCode.Forbidden) || (code == "forbidden") != (status == HttpStatusCode.Forbidden))
                    wrong.Add($"{method} {path} with {name}: {status} {code}");
            }
        }
        foreach (Api api in keys.Values)
            api.Dispose();
        Assert.Empty(wrong);
    }

    private static bool Allows(JsonObject operation, string key)
    {
        (string scheme, JsonNode? scopes) = operation["security"]![0]!.AsObject().Single();
        return scheme == "operatorKey"
            ? key == "operator"
            : key != "operator" && (scopes!.AsArray().Count == 0 || scopes[0]!.ToString() == key);
    }

    // Nothing there has these ids, and an empty object is a body that no call but a cancellation takes.
    private static async Task<(HttpStatusCode Status, string? Code)> CallAsync(
        Api api, string path, string method, JsonObject operation)
    {
        string real = path
            .Replace("{network}", "anvil", StringComparison.Ordinal)
            .Replace("{keyId}", "key" + Unique, StringComparison.Ordinal)
            .Replace("{id}", PrefixOf(path) + Unique, StringComparison.Ordinal);
        ApiAnswer answer = await api.SendAsync(
            new HttpMethod(method.ToUpperInvariant()), real, operation.ContainsKey("requestBody") ? "{}" : null);
        return (answer.Status, answer.ContentType == "application/problem+json" ? answer["code"] : null);
    }

    private static string PrefixOf(string path) => path.Split('/')[2] switch
    {
        "merchants" => "mer",
        "webhook-endpoints" => "whe",
        "events" => "evt",
        "exceptions" => "exc",
        _ => "inv",
    };
}
