using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Access;

/// <summary>
/// The head of a call that makes or changes something: who calls, what it sent, and that it is done once for its
/// <c>Idempotency-Key</c>.
/// </summary>
internal sealed class Calls(Callers callers, Idempotency idempotency)
{
    /// <summary>A merchant's call with a body.</summary>
    public async Task<MerchantCall> OfMerchantAsync(HttpRequest request, Scope scope, CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, scope, cancellation);
        return new(caller, request, await RequestBody.ReadAsync(request, cancellation), idempotency, cancellation);
    }

    /// <summary>A merchant's call that may come without a body.</summary>
    public async Task<MerchantCall> OfMerchantOptionalAsync(HttpRequest request, Scope scope, CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, scope, cancellation);
        return new(caller, request, await RequestBody.ReadOptionalAsync(request, cancellation), idempotency, cancellation);
    }

    /// <summary>The operator's call with a body.</summary>
    public async Task<Call> OfOperatorAsync(HttpRequest request, CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        return new(Callers.Operator, request, await RequestBody.ReadAsync(request, cancellation), idempotency, cancellation);
    }
}

/// <summary>A call whose body is being read.</summary>
internal class Call(string owner, HttpRequest request, RequestBody body, Idempotency idempotency, CancellationToken cancellation)
{
    public RequestBody Body => body;

    /// <summary>Throws what is wrong with the body; then does the work once.</summary>
    /// <param name="name">The call, and what it is about: a key for one stands for nothing else.</param>
    /// <param name="idPrefix">Prefix of the id of what is made.</param>
    /// <param name="work">Makes it under the id it is given. May run again with the same id after a crash.</param>
    public Task<JsonAnswer> OnceAsync(string name, string idPrefix, Func<string, Task<JsonAnswer>> work)
    {
        body.ThrowIfInvalid();
        return idempotency.RunAsync(request, (owner, name), body.Bytes, idPrefix, work, cancellation);
    }
}

internal sealed class MerchantCall(
    Caller caller, HttpRequest request, RequestBody body, Idempotency idempotency, CancellationToken cancellation)
    : Call(caller.IdempotencyOwner, request, body, idempotency, cancellation)
{
    public Caller Caller => caller;
}
