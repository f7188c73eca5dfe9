using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using CoinPay.Functions.Docs;

namespace CoinPay.Testing.Gateway;

/// <summary>A call and its response, which the OpenAPI document must describe.</summary>
/// <param name="Operation">The operation's id, or null to find it by method and path.</param>
internal sealed record Exchange(
    string? Operation, string Method, string? Path, string? Request, int Status,
    IReadOnlyDictionary<string, string> Headers, string Response);

/// <summary>Checks the gateway's behaviour in tests against its OpenAPI document.</summary>
internal static class OpenApiCheck
{
    private static readonly JsonObject Document = OpenApiDocument.Build();
    private static readonly DocumentSchemas Schemas = new(Document);
    private static readonly Call[] Calls = [.. OpenApiDocument.Calls(Document).Select(Call.Of).OrderBy(call => call.Parameters)];

    /// <summary>Fails the test if the document does not describe the exchange.</summary>
    public static void Check(Exchange exchange)
    {
        string? wrong = WrongWith(exchange);
        Assert.True(wrong is null, $"{exchange.Method} {exchange.Path ?? exchange.Operation}: {wrong}");
    }

    /// <summary>Returns the errors in the document's own examples.</summary>
    public static IReadOnlyList<string> WrongExamples() => Schemas.WrongExamples();

    private static string? WrongWith(Exchange exchange)
    {
        Call? call = Array.Find(Calls, known => known.Is(exchange));
        if (call is null)
            return WrongWithUnknownCall(exchange);
        string? wrong = WrongAnswer(call, exchange) ?? (exchange.Status < 300 ? WrongRequest(call, exchange) : null);
        return wrong is null ? null : $"{call.Id}: {wrong}";
    }

    private static string? WrongWithUnknownCall(Exchange exchange)
    {
        if (Schemas.Wrong(Document["components"]!["schemas"]!["Problem"]!, exchange.Response) is { } wrong)
            return wrong;
        bool isExpected = exchange.Status == (int)HttpStatusCode.TooManyRequests
            || (exchange.Status == (int)HttpStatusCode.NotFound && JsonNode.Parse(exchange.Response)!["code"]!.ToString() == "not_found");
        return isExpected ? null : $"a call that is not in the document answers {exchange.Status}";
    }

    private static string? WrongAnswer(Call call, Exchange exchange)
    {
        if (call.Operation["responses"]![$"{exchange.Status}"] is not { } named)
            return $"answers {exchange.Status}, which is not in the document: {exchange.Response}";
        JsonNode answer = Schemas.Resolve(named);
        foreach ((string name, JsonNode? reference) in answer["headers"]?.AsObject() ?? [])
        {
            JsonNode header = Schemas.Resolve(reference!);
            bool isThere = exchange.Headers.TryGetValue(name.ToLowerInvariant(), out string? value);
            if (isThere ? Schemas.Wrong(header["schema"]!, JsonSerializer.SerializeToElement(value)) is not null : header["required"]?.GetValue<bool>() == true)
                return $"header {name}: {value}";
        }
        if (answer["content"] is not { } contents)
            return exchange.Response.Length == 0 ? null : "a body where there should be none";
        string type = exchange.Headers.GetValueOrDefault("content-type", "").Split(';')[0];
        if (contents[type] is not { } content)
            return $"content type {type} is not in the document";
        return type.EndsWith("json", StringComparison.Ordinal) ? Schemas.Wrong(content["schema"]!, exchange.Response) : null;
    }

    /// <summary>The document must allow every accepted request.</summary>
    private static string? WrongRequest(Call call, Exchange exchange)
    {
        if (call.Operation["requestBody"] is { } body && (!string.IsNullOrEmpty(exchange.Request) || body["required"]?.GetValue<bool>() == true)
            && Schemas.Wrong(body["content"]!["application/json"]!["schema"]!, exchange.Request ?? "") is { } wrong)
            return $"accepted a body that the document does not allow: {wrong}";
        System.Collections.Specialized.NameValueCollection query = HttpUtility.ParseQueryString((exchange.Path ?? "").Split('?', 2) is [_, var asked] ? asked : "");
        foreach (JsonNode parameter in (call.Operation["parameters"]?.AsArray() ?? []).Select(reference => Schemas.Resolve(reference!)))
        {
            string name = parameter["name"]!.ToString();
            if (parameter["in"]!.ToString() != "query" || query[name] is not { } text)
                continue;
            JsonNode schema = parameter["schema"]!;
            bool isNumber = Schemas.Resolve(schema)["type"]?.ToString() == "integer" && long.TryParse(text, out _);
            if (Schemas.Wrong(schema, isNumber ? JsonElement.Parse(text) : JsonSerializer.SerializeToElement(text)) is { } refused)
                return $"accepted {name}={text}: {refused}";
        }
        return null;
    }

    /// <summary>A call in the document and the paths that match it.</summary>
    private sealed record Call(string Id, string Method, Regex Path, int Parameters, JsonObject Operation)
    {
        public static Call Of((string Path, string Method, JsonObject Operation) call) => new(
            call.Operation["operationId"]!.ToString(),
            call.Method,
            new Regex(
                "^" + string.Join("[^/]+", call.Path.Split('{').Select((part, at) => Regex.Escape(at == 0 ? part : part.Split('}')[1]))) + "/?$",
                RegexOptions.IgnoreCase | RegexOptions.NonBacktracking),
            call.Path.Split('{').Length,
            call.Operation);

        public bool Is(Exchange exchange) => exchange.Operation is { } id
            ? id == Id
            : Method.Equals(exchange.Method, StringComparison.OrdinalIgnoreCase) && Path.IsMatch(exchange.Path!.Split('?')[0]);
    }
}
