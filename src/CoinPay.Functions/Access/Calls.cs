using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Access;

/// <summary>
/// The start of a call that creates or changes something: authenticates the caller, reads the body, and runs the work once
/// per <c>Idempotency-Key</c>.
/// </summary>
internal sealed class Calls(Callers callers, Idempotency idempotency)
{
    /// <summary>Begins a merchant's call with a body.</summary>
    public async Task<MerchantCall> OfMerchantAsync(HttpRequest request, Scope scope, CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, scope, cancellation);
        return new(caller, request, await RequestBody.ReadAsync(request, cancellation), idempotency, cancellation);
    }

    /// <summary>Begins a merchant's call whose body is optional.</summary>
    public async Task<MerchantCall> OfMerchantOptionalAsync(HttpRequest request, Scope scope, CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, scope, cancellation);
        return new(caller, request, await RequestBody.ReadOptionalAsync(request, cancellation), idempotency, cancellation);
    }

    /// <summary>Begins an operator's call with a body.</summary>
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

    /// <summary>Throws the body's errors, if any; otherwise does the work once.</summary>
    /// <param name="name">The call and the object that it concerns, which an Idempotency-Key is bound to.</param>
    /// <param name="idPrefix">The id prefix of the object to create.</param>
    /// <param name="work">Creates the object with the given id. Can run again with the same id after a crash.</param>
    /// <param name="lease">Longer than the work ever takes, if that can be half a minute.</param>
    public Task<JsonAnswer> OnceAsync(
        string name, string idPrefix, Func<string, Task<JsonAnswer>> work, TimeSpan? lease = null)
    {
        body.ThrowIfInvalid();
        return idempotency.RunAsync(request, (owner, name), body.Bytes, idPrefix, work, lease, cancellation);
    }
}

internal sealed class MerchantCall(
    Caller caller, HttpRequest request, RequestBody body, Idempotency idempotency, CancellationToken cancellation)
    : Call(caller.IdempotencyOwner, request, body, idempotency, cancellation)
{
    public Caller Caller => caller;
}
