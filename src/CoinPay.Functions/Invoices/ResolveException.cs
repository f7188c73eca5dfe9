using System.Globalization;
using System.Numerics;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// <c>POST /v1/exceptions/{id}/resolve</c> <c>{action, note}</c>: records a person's decision, with who and when. Repeating
/// the decision returns the same answer; a different decision on a resolved exception is refused. With <c>amount_base</c>,
/// the amount that the person saw, it is also refused if more or less is concerned by now. Accepting money from
/// another network also requires <c>confirm_settlement_address</c>: the money is moved there, and the merchant may not
/// control that address on every network.
/// </summary>
internal sealed class ResolveException(
    Calls calls, ExceptionStore exceptions, InvoiceCommands commands, Networks networks, TimeProvider clock)
{
    internal const int MaxNoteLength = 500;
    private const int MaxAddressLength = 128;
    private const int MaxAmountLength = 100;
    private const string Expected = "amount_base";
    private const string Consent = "confirm_settlement_address";

    [Function(nameof(ResolveException))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/exceptions/{id}/resolve")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantAsync(request, Scope.ExceptionsWrite, cancellation);
        ExceptionAction[] known = Enum.GetValues<ExceptionAction>();
        string? action = call.Body.RequiredChoice("action", [.. known.Select(each => each.Text())]);
        string? note = call.Body.OptionalString("note", MaxNoteLength);
        string? address = call.Body.OptionalString(Consent, MaxAddressLength);
        BigInteger? expected = ExpectedAmount(call.Body);
        call.Body.ThrowIfInvalid();
        ExceptionReference found = await exceptions.FindAsync(call.Caller, id, cancellation)
            ?? throw new ProblemException(Problems.NotFound("exception"));
        Decided decided = new(known.Single(each => each.Text() == action), note, address, expected);
        RequireConsent(call.Body, found, decided);
        return await call.OnceAsync(
            nameof(ResolveException) + id, "exc", _ => ResolveAsync(call.Caller, found, decided, durable, cancellation));
    }

    /// <summary>Requires the settlement address if money from another network is accepted; refuses it otherwise.</summary>
    private static void RequireConsent(RequestBody body, ExceptionReference found, Decided decided)
    {
        bool isNeeded = found.Type == ExceptionType.WrongNetwork.Text() && decided.Action == ExceptionAction.AcceptAsPaid;
        if (isNeeded && decided.ConfirmedAddress is null)
            body.Refuse(Consent, "This field is required: the exception's settlement_address, if you control it on that network too.");
        if (!isNeeded && body.Has(Consent))
            body.Refuse(Consent, "This field is not known here.", Problems.UnknownFieldCode);
        body.ThrowIfInvalid();
    }

    private async Task<JsonAnswer> ResolveAsync(
        Caller caller, ExceptionReference found, Decided decided, DurableTaskClient durable, CancellationToken cancellation)
    {
        (Stored<Invoice> stored, _) = await commands.RunAsync(
            caller,
            found.InvoiceId,
            _ => new InvoiceCommand.ResolveException(found.Number, decided.Action, decided.Note, caller.KeyId, clock.GetUtcNow())
            {
                ConfirmedSettlementAddress = decided.ConfirmedAddress,
                ExpectedAmount = decided.ExpectedAmount,
            },
            durable,
            cancellation);
        Invoice state = stored.State;
        await exceptions.WriteAsync(state, cancellation);
        InvoiceException resolved = state.Exceptions.Find(each => each.Number == found.Number)
            ?? throw new BugException("a resolved exception is missing");
        return JsonAnswer.Ok(ExceptionDocument.Of(state, resolved, networks));
    }

    private static BigInteger? ExpectedAmount(RequestBody body)
    {
        if (body.OptionalString(Expected, MaxAmountLength) is not { } text)
            return null;
        if (BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger amount))
            return amount;
        body.Refuse(Expected, "The exception's amount_base as you read it: a whole number of base units, as a string.");
        return null;
    }

    private sealed record Decided(ExceptionAction Action, string? Note, string? ConfirmedAddress, BigInteger? ExpectedAmount);
}
