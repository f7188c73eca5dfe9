using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>What a merchant asks of an invoice is committed and told, wherever the process dies.</summary>
public sealed class InvoiceCommandTests(AppServices app) : IClassFixture<AppServices>
{
    [Fact]
    public async Task A_command_wakes_the_invoice_to_tell_of_it()
    {
        (Caller caller, InvoiceTerms terms) = await StoreAsync();
        await using FewInstances durable = new();
        durable.Instances[terms.Id] = OrchestrationRuntimeStatus.Running;

        (Stored<Invoice> after, bool isChanged) = await CancelAsync(caller, terms, durable);

        Assert.Equal((InvoiceStatus.Cancelled, true), (after.State.Status, isChanged));
        Assert.Equal("raise " + terms.Id, Assert.Single(durable.Calls));
        PendingInvoice pending = Assert.Single(await PendingAsync(terms));
        Assert.False(pending.IsChanging);
        Assert.False((await CancelAsync(caller, terms, durable)).IsChanged);
    }

    [Fact]
    public async Task After_a_crash_before_or_after_any_storage_call_nothing_is_committed_or_the_sweeper_knows()
    {
        int calls = await CallsOfACancellationAsync();
        Assert.InRange(calls, 4, 20);
        int committed = 0;
        for (int crashAt = 1; crashAt <= calls; crashAt++)
            foreach (bool afterEffect in new[] { false, true })
            {
                (Caller caller, InvoiceTerms terms) = await StoreAsync();
                await using FewInstances durable = new();
                durable.Instances[terms.Id] = OrchestrationRuntimeStatus.Running;
                app.Faults.Reset(crashAt, afterEffect);
                await Assert.ThrowsAnyAsync<Exception>(() => CancelAsync(caller, terms, durable));
                app.Faults.Reset();

                Stored<Invoice> stored = (await app.Get<InvoiceStore>().FindAsync(terms.MerchantId, terms.Id, CancellationToken.None))!;
                if (stored.State.Status != InvoiceStatus.Cancelled)
                    continue;
                committed++;
                Assert.NotEmpty(stored.Outbox);
                Assert.NotEmpty(await PendingAsync(terms));
            }
        Assert.InRange(committed, 2, calls * 2);
    }

    private async Task<int> CallsOfACancellationAsync()
    {
        (Caller caller, InvoiceTerms terms) = await StoreAsync();
        await using FewInstances durable = new();
        durable.Instances[terms.Id] = OrchestrationRuntimeStatus.Running;
        app.Faults.Reset();
        await CancelAsync(caller, terms, durable);
        return app.Faults.Calls;
    }

    private Task<(Stored<Invoice> After, bool IsChanged)> CancelAsync(Caller caller, InvoiceTerms terms, DurableTaskClient durable) =>
        app.Get<InvoiceCommands>().RunAsync(
            caller,
            terms.Id,
            _ => new InvoiceCommand.Cancel(caller.KeyId, DateTimeOffset.UtcNow),
            durable,
            CancellationToken.None);

    private async Task<List<PendingInvoice>> PendingAsync(InvoiceTerms terms) =>
        [.. (await app.Get<ViewStore>().ReadPendingAsync(terms.Network, CancellationToken.None)).Where(row => row.InvoiceId == terms.Id)];

    private async Task<(Caller Caller, InvoiceTerms Terms)> StoreAsync()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        InvoiceTerms terms = Stage.TermsOf(new(Id.New("mer", now), Id.New("inv", now), "anvil"));
        Decision created = InvoiceDecider.Decide(null, new InvoiceCommand.Create(terms, now));
        Stored<Invoice> stored = await app.Get<InvoiceStore>().CommitAsync(null, created.Events, null, [1], CancellationToken.None);
        await app.Get<InvoiceStore>().ForgetAsync(stored, CancellationToken.None);
        return (new Caller(terms.MerchantId, "key_1", terms.Livemode, Scope.InvoicesWrite), terms);
    }
}
