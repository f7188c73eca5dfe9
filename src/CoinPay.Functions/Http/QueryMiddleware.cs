using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Primitives;

namespace CoinPay.Functions.Http;

/// <summary>
/// Refuses a call of the API with a query parameter that it does not have, or that is given twice: a mistyped filter would
/// otherwise return everything. Pages outside <c>/v1</c> ignore such parameters, because mail programs and advertising add
/// their own (<c>utm_source</c>) to every link, and a payer must still be able to pay.
/// </summary>
internal sealed class QueryMiddleware : IFunctionsWorkerMiddleware
{
    private const string Api = "/v1";

    /// <summary>The longest name that a refusal repeats.</summary>
    private const int MaxNameLength = 64;

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && http.Request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
            && context.FunctionDefinition.Name != nameof(AnswerUnknownPath))
            Check(http.Request.Query, KnownBy(context.FunctionDefinition));
        return next(context);
    }

    private static IReadOnlyList<string> KnownBy(FunctionDefinition function) =>
        FunctionMethods.Of(function).GetCustomAttribute<QueryParametersAttribute>()?.Names ?? [];

    private static void Check(IQueryCollection query, IReadOnlyList<string> known)
    {
        foreach ((string name, StringValues values) in query)
        {
            string shown = TextLength.Cut(name, MaxNameLength);
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new ProblemException(Problems.UnknownParameter(shown, known));
            if (values.Count > 1)
                throw new ProblemException(Problems.InvalidRequest($"{shown} must be given only once."));
        }
    }
}
