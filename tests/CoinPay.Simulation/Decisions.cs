using System.Text;
using System.Text.Json;
using CoinPay.Core;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Runtime;
using CoinPay.Simulation.Shops;
using FulfilInvoice = CoinPay.Functions.Invoices.FulfilInvoice;
using ReopenException = CoinPay.Functions.Invoices.ReopenException;
using ResolveException = CoinPay.Functions.Invoices.ResolveException;

namespace CoinPay.Simulation;

/// <summary>Decisions of people at the shops: to ship goods, and how to resolve an exception.</summary>
internal static class Decisions
{
    /// <summary>Uses the webhook's key; often twice, and sometimes too early.</summary>
    public static void Fulfil(World world)
    {
        AuditedInvoice[] paid = [.. world.Audit.Invoices.Where(invoice => invoice.State.IsPaid || world.Dice.Chance(0.1))];
        if (paid.Length == 0)
            return;
        InvoiceTerms terms = world.Dice.Of(paid).State.Terms;
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { key = terms.FulfilmentKey });
        for (int times = world.Dice.Between(1, 2); times > 0; times--)
            world.Do(async process =>
            {
                Reply reply = await process.CallAsync<FulfilInvoice>(
                    (function, request) => function.Run(request, terms.Id, process.Durable, default), ShopOf(world, terms).Key, body);
                Invariant.Require(reply.Status is 200 or 201 or 409 or 500, $"fulfilling {terms.Id}: {reply.Status} {Encoding.UTF8.GetString(reply.Body)}");
            });
    }

    /// <summary>Takes any action, allowed or not, on an exception that is or was open.</summary>
    public static void Resolve(World world) => Resolve(world, _ => true);

    /// <summary>A note that says more than "looked at".</summary>
    public const int ShortNote = 20;

    /// <summary>Takes a decision back, whether that is possible or not.</summary>
    public static void Reopen(World world)
    {
        (InvoiceTerms Terms, InvoiceException Exception)[] known = [.. world.Audit.Invoices.SelectMany(invoice =>
            invoice.State.Exceptions.Where(one => !one.IsOpen).Select(one => (invoice.State.Terms, one)))];
        if (known.Length == 0)
            return;
        (InvoiceTerms terms, InvoiceException exception) = world.Dice.Of(known);
        string id = ExceptionDocument.IdOf(terms.Id, exception);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { note = "wrong one" });
        world.Do(async process =>
        {
            Reply reply = await process.CallAsync<ReopenException>(
                (function, request) => function.Run(request, id, process.Durable, default), ShopOf(world, terms).Key, body);
            Invariant.Require(
                reply.Status is 200 or 404 or 409 or 500, $"reopening {id}: {reply.Status} {Encoding.UTF8.GetString(reply.Body)}");
        });
    }

    public static void ResolveOpen(World world) => Resolve(world, exception => exception.IsOpen);

    private static void Resolve(World world, Func<InvoiceException, bool> which)
    {
        (InvoiceTerms Terms, InvoiceException Exception)[] known =
            [.. world.Audit.Invoices.SelectMany(invoice => invoice.State.Exceptions.Where(which).Select(one => (invoice.State.Terms, one)))];
        if (known.Length == 0)
            return;
        // Of every type as often, and mostly what is allowed.
        ExceptionType type = world.Dice.Of([.. known.Select(one => one.Exception.Type).Distinct()]);
        (InvoiceTerms terms, InvoiceException exception) = world.Dice.Of([.. known.Where(one => one.Exception.Type == type)]);
        ExceptionAction action = world.Dice.Of(world.Dice.Chance(0.8) ? ExceptionRules.Actions(type) : Enum.GetValues<ExceptionAction>());
        string id = ExceptionDocument.IdOf(terms.Id, exception);
        Dictionary<string, string> decision = new() { ["action"] = action.Text(), ["note"] = world.Dice.Chance(0.2) ? LongNote : "looked at" };
        // What was on the screen, and by now perhaps is not.
        if (world.Dice.Chance(0.3))
            decision["amount_base"] = exception.Amount.ToString();
        // That it controls the address there too. Nobody flushes here: model chains have no forwarders.
        if ((type, action) == (ExceptionType.WrongNetwork, ExceptionAction.AcceptAsPaid))
            decision["confirm_settlement_address"] = ((ForwarderDerivation)terms.Derivation).SettlementAddress;
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(decision);
        world.Do(async process =>
        {
            Reply reply = await process.CallAsync<ResolveException>(
                (function, request) => function.Run(request, id, process.Durable, default), ShopOf(world, terms).Key, body);
            Invariant.Require(
                reply.Status is 200 or 404 or 409 or 422 or 500, $"resolving {id}: {reply.Status} {Encoding.UTF8.GetString(reply.Body)}");
        });
    }

    private static string LongNote { get; } = string.Concat(Enumerable.Repeat("<中😀", 166));

    private static Shop ShopOf(World world, InvoiceTerms terms) => world.Shops.Single(shop => shop.Id == terms.MerchantId);
}
