using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CoinPay.Functions.Docs;
using CoinPay.Testing.Gateway;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>An endless row of requests for one gateway, the same for the same seed but for ids.</summary>
internal sealed class FuzzedRequests
{
    private const string NobodysKey = "cp_test_00000000000000000000000000000000000000000000000000";

    private static readonly string[] Types =
        ["text/plain", "application/xml", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "application/problem+json"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private readonly (string Path, string Method, JsonObject Operation)[] _calls;
    private readonly Random _random;
    private readonly SchemaValues _values;
    private readonly Mutation _mutation;
    private readonly Dictionary<string, string> _ids;
    private readonly string _merchantKey;

    private FuzzedRequests(int seed, Dictionary<string, string> ids, string merchantKey)
    {
        JsonObject document = JsonNode.Parse(OpenApiDocument.Json.Span)!.AsObject();
        _calls = [.. OpenApiDocument.Calls(document)];
        _random = new(seed);
        _values = new(document, _random);
        _mutation = new(_random);
        (_ids, _merchantKey) = (ids, merchantKey);
    }

    /// <summary>For a merchant with an invoice, an endpoint and keys that have been used.</summary>
    public static async Task<FuzzedRequests> ForAsync(MemoryGateway gateway, int seed)
    {
        (string merchant, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key);
        object order = new { price = new { amount = "1", currency = "USDT" }, network = "anvil", asset = "USDT" };
        object hook = new { url = "https://shop.example/hook" };
        Dictionary<string, string> ids = new()
        {
            ["mer"] = merchant,
            ["inv"] = (await api.PostAsync("/v1/invoices", order)).Expect(HttpStatusCode.Created)["id"]!,
            ["whe"] = (await api.PostAsync("/v1/webhook-endpoints", hook)).Expect(HttpStatusCode.Created)["id"]!,
        };
        ApiAnswer other = await gateway.Operator.PostAsync(
            $"/v1/merchants/{merchant}/api-keys", new { scopes = new[] { "invoices:read" } });
        ids["key"] = other.Expect(HttpStatusCode.Created)["id"]!;
        await gateway.QuietAsync();
        return new(seed, ids, key);
    }

    /// <summary>The next one, and how a person would know it again.</summary>
    public (HttpRequestMessage Request, string Told) Next()
    {
        (string path, string method, JsonObject operation) = _calls[_random.Next(_calls.Length)];
        string target = PathOf(path) + QueryOf(operation);
        string verb = Rarely(20) ? Methods[_random.Next(Methods.Length)] : method.ToUpperInvariant();
        HttpRequestMessage request = new(new HttpMethod(verb), target);
        if (KeyFor(operation) is { } key)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        if (Rarely(4))
            request.Headers.TryAddWithoutValidation("Idempotency-Key", Rarely(3) ? Short(_mutation.Text().Trim((char)0, (char)7)) : "key-" + _random.Next(50));
        byte[] body = operation["requestBody"] is { } described ? BodyOf(described["content"]!["application/json"]!["schema"]!) : [];
        if (body.Length > 0 && verb is not "GET")
        {
            request.Content = new ByteArrayContent(body);
            string type = Rarely(15) ? Types[_random.Next(Types.Length)] : "application/json";
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        return (request, $"{verb} {target} {Encoding.UTF8.GetString(body)[..Math.Min(body.Length, 300)]}");
    }

    private bool Rarely(int oneIn) => _random.Next(oneIn) == 0;

    private byte[] BodyOf(JsonNode schema)
    {
        JsonNode? body = _values.Of(schema);
        MakeUsual(body);
        return Rarely(2) ? _mutation.Body(body) : Encoding.UTF8.GetBytes(body?.ToJsonString() ?? "null");
    }

    // Names that are in the world, or nearly nothing right would come of random letters.
    private void MakeUsual(JsonNode? body)
    {
        if (body is not JsonObject fields)
            return;
        foreach (string name in fields.Select(field => field.Key).ToList())
            fields[name] = (name, fields[name]) switch
            {
                ("network", { }) when !Rarely(10) => "anvil",
                ("asset", { }) when !Rarely(10) => "USDT",
                ("currency", { }) => Rarely(2) ? "EUR" : "USDT",
                ("url", { }) => "https://shop.example/" + _random.Next(100),
                ("return_url", { }) => null,
                ("invoice_ids", { }) => new JsonArray(_ids["inv"]),
                (_, var value) => value?.DeepClone(),
            };
        if (fields["price"] is JsonObject price)
            (price["amount"], price["currency"]) = ("1." + _random.Next(100), Rarely(2) ? "EUR" : "USDT");
    }

    private string PathOf(string path)
    {
        string[] parts = path.Split('/');
        for (int i = 0; i < parts.Length; i++)
            if (parts[i].StartsWith('{'))
                parts[i] = Rarely(4) ? Uri.EscapeDataString(Part(_mutation.Text())) : IdFor(path, parts[i]);
        return string.Join('/', parts);
    }

    private string IdFor(string path, string part)
    {
        string prefix = part == "{keyId}" ? "key" : path.Split('/')[2] switch
        {
            "merchants" => "mer",
            "webhook-endpoints" => "whe",
            "events" => "evt",
            "exceptions" => "exc",
            _ => "inv",
        };
        return part switch
        {
            "{network}" => "anvil",
            "{code}" => "not_found",
            "{invoiceId}" => _ids["inv"],
            _ when _ids.TryGetValue(prefix, out string? known) && !Rarely(5) => known,
            _ => prefix + "_0000000000000000000000000" + _random.Next(10),
        };
    }

    private string QueryOf(JsonObject operation)
    {
        List<string> query = [];
        foreach (JsonObject parameter in (operation["parameters"]?.AsArray() ?? []).Select(node => _values.Resolve(node!)))
            if (parameter["in"]!.ToString() == "query" && Rarely(2))
                query.Add(parameter["name"] + "=" + Uri.EscapeDataString(Short(
                    Rarely(3) ? _mutation.Text() : _values.Of(parameter["schema"]!)?.ToString() ?? "")));
        return query.Count == 0 ? "" : "?" + string.Join('&', query);
    }

    // Kestrel itself answers a NUL in a path, and clients take dots away.
    private static string Part(string text) => Short(text).Replace('\0', '\u0001').Trim('.') is { Length: > 0 } part ? part : "-";

    // Kestrel itself refuses longer request lines and headers.
    private static string Short(string text) => text.Length > 300 ? text[..300] : text;

    private string? KeyFor(JsonObject operation)
    {
        string right = operation["security"]?.AsArray() is [var scheme, ..] && scheme!.AsObject().ContainsKey("operatorKey")
            ? MemoryGateway.OperatorKey
            : _merchantKey;
        return _random.Next(25) switch
        {
            0 => null,
            1 => NobodysKey,
            2 => new string('k', 600),
            3 => _merchantKey,
            4 => MemoryGateway.OperatorKey,
            _ => right,
        };
    }
}
