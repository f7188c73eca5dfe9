using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Docs;

/// <summary><c>GET /docs</c>: the OpenAPI document as a web page on which calls can be tried out.</summary>
internal sealed class ShowDocs
{
    // Scalar writes its styles into the page; scripts and requests are restricted to this origin.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Configuration =
        """{"withDefaultFonts":false,"telemetry":false,"hideClientButton":true,"showDeveloperTools":"never","agent":{"disabled":true},"mcp":{"disabled":true},"documentDownloadType":"json"}""";

    private static readonly string Page = $"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <link rel="icon" href="data:,">
          <title>CoinPay API</title>
        </head>
        <body>
          <noscript><p>This page needs JavaScript. The document itself is at <a href="/openapi.json">/openapi.json</a>.</p></noscript>
          <script id="api-reference" data-url="/openapi.json" data-configuration='{Configuration}'></script>
          <script src="/docs/scalar.js?v={DocsFiles.Version}"></script>
        </body>
        </html>
        """;

    [Function(nameof(ShowDocs))]
#pragma warning disable CA1822 // Functions are instance methods, as the host's samples have them.
    public IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs")] HttpRequest request) =>
        new HtmlAnswer(Page, Policy);
#pragma warning restore CA1822
}
