using System.Net;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Docs;

/// <summary><c>GET /problems/{code}</c>: what a problem means and what to do, as HTML or, if accepted, as JSON.</summary>
internal sealed class ShowProblem
{
    [Function(nameof(ShowProblem))]
#pragma warning disable CA1822 // Functions are instance methods, as the host's samples have them.
    public IActionResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "problems/{code}")] HttpRequest request, string code)
    {
        ProblemKind? kind = ProblemKinds.Find(code);
        if (kind is null)
            return Problems.NotFound("problem").ToAnswer();
        return AcceptsJson(request)
            ? JsonAnswer.Ok(new
            {
                type = kind.Page,
                code = kind.Code,
                status = kind.Status,
                title = kind.Title,
                meaning = kind.Meaning,
                remedy = kind.Remedy,
            })
            : new HtmlAnswer(Page(kind), HtmlAnswer.TextOnly);
    }
#pragma warning restore CA1822

    // A browser's Accept names HTML; */* alone, as sent by curl, also gets HTML.
    private static bool AcceptsJson(HttpRequest request) =>
        request.GetTypedHeaders().Accept is { Count: > 0 } accepted
        && accepted.Any(type => type.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase))
        && !accepted.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static string Page(ProblemKind kind) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <link rel="icon" href="data:,">
          <title>{{WebUtility.HtmlEncode(kind.Title)}}</title>
          <style>
            body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
            code { background: #f0f0f0; padding: .1em .3em }
            a { color: #0b57d0 }
          </style>
        </head>
        <body>
          <main>
            <h1>{{WebUtility.HtmlEncode(kind.Title)}}</h1>
            <p><code>{{kind.Code}}</code>, HTTP status {{kind.Status}}</p>
            <h2>What it means</h2>
            <p>{{WebUtility.HtmlEncode(kind.Meaning)}}</p>
            <h2>What to do</h2>
            <p>{{WebUtility.HtmlEncode(kind.Remedy)}}</p>
            <p><a href="/docs">API documentation</a></p>
          </main>
        </body>
        </html>
        """;
}
