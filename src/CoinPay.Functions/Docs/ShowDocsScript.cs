using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Docs;

/// <summary><c>GET /docs/scalar.js</c>: the script of <c>/docs</c>, cacheable because its address has its version.</summary>
internal sealed class ShowDocsScript
{
    [Function(nameof(ShowDocsScript))]
#pragma warning disable CA1822 // Functions are instance methods, as the host's samples have them.
    public IActionResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs/scalar.js")] HttpRequest request) =>
        request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase)
            ? new ScriptAnswer(DocsFiles.OpenScript, "gzip")
            : new ScriptAnswer(DocsFiles.OpenPlainScript, null);
#pragma warning restore CA1822
}
