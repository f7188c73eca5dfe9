using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Forwarders;

/// <summary>
/// <c>POST /v1/merchants/{id}/flush</c> <c>{network, invoice_ids}</c>: moves the balances of the invoices' forwarders to the
/// merchant's settlement address; the gas wallet pays. Anyone can do the same by calling the factory. A repeated flush finds
/// nothing to move, and one that overlaps another takes its place.
/// </summary>
internal sealed class FlushForwarders(
    Calls calls, InvoiceStore invoices, Networks networks, NodeConnection nodes, GasWallets wallets,
    TimeProvider clock)
{
    private const int MaxIdLength = 64;

    /// <summary>The factory is looked for before, which is a few calls of the node.</summary>
    private static readonly TimeSpan Lease = GasWallet.LongestSend + TimeSpan.FromMinutes(1);

    [Function(nameof(FlushForwarders))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/merchants/{id}/flush")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Call call = await calls.OfOperatorAsync(request, cancellation);
        Network? network = networks.Find(call.Body.RequiredString("network", MaxIdLength));
        IReadOnlyList<string>? ids = call.Body.OptionalStrings("invoice_ids", ForwarderFactory.MaxForwardings, MaxIdLength);
        if (network is not { Factory: not null })
            call.Body.Refuse("network", "An EVM network that this gateway offers.", Problems.UnsupportedNetworkCode);
        if (ids is null or [])
            call.Body.Refuse("invoice_ids", $"1 to {ForwarderFactory.MaxForwardings} invoice ids.");
        call.Body.ThrowIfInvalid();

        GasWallet wallet = await wallets.FindAsync(network!, cancellation) ?? throw new ProblemException(Problems.GasWalletMissing);
        List<InvoiceTerms> terms = await TermsAsync(id, network!, ids!, cancellation);
        ForwarderFactory factory = new(network!, nodes.Http, wallet, clock);
        return await call.OnceAsync(
            nameof(FlushForwarders) + id, "flu", flushId => FlushAsync(flushId, network!, terms, factory, cancellation), Lease);
    }

    private async Task<List<InvoiceTerms>> TermsAsync(
        string merchantId, Network network, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        List<InvoiceTerms> terms = [];
        foreach (string invoiceId in ids)
        {
            bool isWellFormed = Id.IsWellFormed("mer", merchantId) && Id.IsWellFormed("inv", invoiceId);
            Stored<Invoice>? stored = isWellFormed ? await invoices.FindAsync(merchantId, invoiceId, cancellation) : null;
            if (stored?.State.Terms is not { Derivation: ForwarderDerivation } found || found.Network != network.Name)
                throw new ProblemException(Problems.NotFound($"invoice {invoiceId} of this merchant on {network.Name}"));
            terms.Add(found);
        }
        return terms;
    }

    private static async Task<JsonAnswer> FlushAsync(
        string flushId, Network network, List<InvoiceTerms> terms, ForwarderFactory factory, CancellationToken cancellation)
    {
        List<Forwarding> forwardings = terms
            .Select(invoice => (ForwarderDerivation)invoice.Derivation)
            .Select(derivation => new Forwarding(derivation.SettlementAddress, derivation.Salt))
            .ToList();
        List<string> tokens = network.Assets.Select(listed => listed.Contract ?? EvmAddress.NativeCoin).ToList();
        try
        {
            Flush flushed = await factory.FlushAsync(forwardings, tokens, flushId, cancellation);
            return JsonAnswer.Ok(new
            {
                @object = "flush",
                network = network.Id,
                tx_hash = flushed.TransactionHash,
                invoices = terms.Select(invoice => new { id = invoice.Id, address = invoice.Address, to = invoice.SettlementDestination }),
                failed = flushed.Failed.Select(failed => new { address = failed.Forwarder, token = failed.Token }),
            });
        }
        catch (GasTooExpensiveException expensive)
        {
            throw new ProblemException(Problems.GasTooExpensive(expensive.Message));
        }
        catch (TransactionPendingException pending)
        {
            throw new ProblemException(Problems.FlushPending(pending.Message), mayHaveActed: true);
        }
        catch (ChainUnknownException)
        {
            throw new ProblemException(Problems.NetworkUnavailable(network.Name), mayHaveActed: true);
        }
        catch (TransactionFailedException refused)
        {
            throw new ProblemException(Problems.FlushRefused(refused.Message));
        }
    }
}
