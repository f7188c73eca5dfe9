using System.Text.Json.Nodes;
using CoinPay.Core;
using CoinPay.Functions.Http;

namespace CoinPay.Functions.Docs;

/// <summary>
/// Adds the error responses to a call in the document: those that its <c>x-problems</c> name, and those that follow from
/// its key, parameters and body. Also describes the required scope.
/// </summary>
internal static class OperationAnswers
{
    private const string Extension = "x-problems";
    private const string IdempotencyParameter = "#/components/parameters/IdempotencyKey";

    public static void Complete(JsonObject operation)
    {
        DescribeScope(operation);
        JsonObject answers = operation["responses"]!.AsObject();
        bool isIdempotent = References(operation).Contains(IdempotencyParameter);
        foreach ((_, JsonNode? answer) in answers)
            if (isIdempotent)
                answer!.AsObject()["headers"] = Header("Idempotent-Replayed", "IdempotentReplayed");
        // HTML error pages are already in the file.
        foreach (IGrouping<int, ProblemKind> status in ProblemsOf(operation, isIdempotent).Distinct().GroupBy(kind => kind.Status))
            answers.TryAdd(status.Key.ToString(), Answer([.. status]));
        operation.Remove(Extension);
    }

    private static IEnumerable<ProblemKind> ProblemsOf(JsonObject operation, bool isIdempotent)
    {
        foreach (JsonNode? code in operation[Extension]?.AsArray() ?? [])
            yield return ProblemKinds.Find(code!.ToString()) ?? throw new BugException("no such problem: " + code);
        bool hasBody = operation.ContainsKey("requestBody");
        bool hasKey = operation["security"]!.AsArray().Count > 0;
        foreach (ProblemKind kind in hasKey ? [ProblemKinds.Unauthorized, ProblemKinds.Forbidden, ProblemKinds.UnknownParameter] : Array.Empty<ProblemKind>())
            yield return kind;
        if (hasBody || isIdempotent || HasParameter(operation, "query"))
            yield return ProblemKinds.InvalidRequest;
        foreach (ProblemKind kind in hasBody
            ? [ProblemKinds.UnknownField, ProblemKinds.BodyTooLarge, ProblemKinds.UnsupportedMediaType]
            : Array.Empty<ProblemKind>())
            yield return kind;
        if (HasParameter(operation, "path"))
            yield return ProblemKinds.NotFound;
        foreach (ProblemKind kind in isIdempotent
            ? [ProblemKinds.IdempotencyInFlight, ProblemKinds.IdempotencyKeyReused]
            : Array.Empty<ProblemKind>())
            yield return kind;
        yield return ProblemKinds.RateLimited;
        yield return ProblemKinds.Internal;
    }

    private static JsonObject Answer(IReadOnlyList<ProblemKind> kinds)
    {
        JsonObject answer = new()
        {
            ["description"] = string.Join(' ', kinds.Select(kind => $"`{kind.Code}`: {kind.Title}.")),
            ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Schema(kinds) } },
        };
        // OpenAPI cannot say "only with this code": the header is required if all codes of the status have it.
        if (kinds.Any(kind => kind.HasRetryAfter))
        {
            answer["headers"] = Header("Retry-After", "RetryAfter");
            if (!kinds.All(kind => kind.HasRetryAfter))
                answer["headers"]!["Retry-After"] = OptionalRetryAfter(kinds);
        }
        return answer;
    }

    private static JsonObject OptionalRetryAfter(IReadOnlyList<ProblemKind> kinds) => new()
    {
        ["description"] = "Whole seconds to wait; sent only with "
            + string.Join(", ", kinds.Where(kind => kind.HasRetryAfter).Select(kind => $"`{kind.Code}`")) + ".",
        ["schema"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[1-9][0-9]*$" },
    };

    private static JsonObject Schema(IReadOnlyList<ProblemKind> kinds) => new()
    {
        ["allOf"] = new JsonArray(
            new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
            new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    ["status"] = new JsonObject { ["const"] = kinds[0].Status },
                    ["code"] = new JsonObject { ["enum"] = new JsonArray([.. kinds.Select(kind => JsonValue.Create(kind.Code))]) },
                },
            }),
    };

    private static JsonObject Header(string name, string component) =>
        new() { [name] = new JsonObject { ["$ref"] = "#/components/headers/" + component } };

    private static void DescribeScope(JsonObject operation)
    {
        if (operation["security"] is not JsonArray { Count: > 0 } schemes)
            return;
        (string scheme, JsonNode? scopes) = schemes[0]!.AsObject().Single();
        string needs = (scheme, scopes!.AsArray()) switch
        {
            ("operatorKey", _) => "Requires the operator's key.",
            (_, { Count: 0 }) => "Requires a merchant's key with any scope.",
            (_, var names) => $"Requires a merchant's key with the scope `{names.Single()}`.",
        };
        operation["description"] = (operation["description"]?.ToString().TrimEnd() + "\n\n" + needs).TrimStart();
    }

    private static IEnumerable<string> References(JsonObject operation) =>
        (operation["parameters"]?.AsArray() ?? []).Select(parameter => parameter!["$ref"]?.ToString() ?? "");

    private static bool HasParameter(JsonObject operation, string place) =>
        (operation["parameters"]?.AsArray() ?? []).Any(parameter => parameter!["$ref"]?.ToString() is { } reference
            ? place == PlaceOf(reference)
            : parameter["in"]!.ToString() == place);

    // Shared parameters by name: ids are in the path, those of lists are in the query.
    private static string PlaceOf(string reference) => reference switch
    {
        IdempotencyParameter => "header",
        _ when reference.EndsWith("Id", StringComparison.Ordinal) => "path",
        _ => "query",
    };
}
