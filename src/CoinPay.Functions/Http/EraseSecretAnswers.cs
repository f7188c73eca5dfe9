using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Http;

/// <summary>
/// Erases, every hour, answers with secrets that were kept for their <c>Idempotency-Key</c> for 24 hours.
/// </summary>
internal sealed class EraseSecretAnswers(Idempotency idempotency)
{
    [Function(nameof(EraseSecretAnswers))]
    public async Task Run([TimerTrigger("15 7 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        _ = timer;
        await idempotency.EraseOldAsync(cancellation);
    }
}
