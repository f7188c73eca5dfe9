using System.Globalization;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Operations;

/// <summary>
/// <c>GET /v1/ops/audit?month=2026-11</c>: every call with the operator's key in a month (by default the current one),
/// newest first, including this call.
/// </summary>
internal sealed class ListAudit(Callers callers, AuditLog audit, TimeProvider clock)
{
    [QueryParameters("month", "limit", "cursor")]
    [Function(nameof(ListAudit))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/ops/audit")] HttpRequest request,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        string? month = request.Query["month"];
        if (month is not null && !DateTime.TryParseExact(
            month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            throw new ProblemException(Problems.InvalidRequest("month must be a month such as 2026-11."));
        (IReadOnlyList<AuditEntry> page, string? last) = await audit.ReadAsync(
            month ?? AuditLog.MonthOf(clock.GetUtcNow()), Pages.Of(request), cancellation);
        return Pages.Answer(page, last);
    }
}
