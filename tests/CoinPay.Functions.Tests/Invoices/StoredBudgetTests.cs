using System.Text;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using CsCheck;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>
/// What the API accepts can be stored, in whatever script it is written: no text stops an invoice. The storage in memory has
/// Azure's limits: 64 KiB a property in UTF-16, 1 MiB a row, 100 rows and 4 MiB a transaction.
/// </summary>
public sealed class StoredBudgetTests(AppServices app) : IClassFixture<AppServices>
{
    private const int MaxReference = 255;
    private const int MaxNote = 500;
    private const int MaxUrl = 2_048;
    private const int MaxMetadataBytes = 4_096;

    /// <summary>More than an invoice keeps.</summary>
    private const int Exceptions = 34;

    private static readonly string[] Hostile = ["<", "&", "\"", "\\", "\n", "ж", "中", "😀", "\u2028", "e\u0301", "a"];

    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    [Theory]
    [InlineData("<")]
    [InlineData("\"")]
    [InlineData("ж")]
    [InlineData("中")]
    [InlineData("😀")]
    public Task An_invoice_whose_every_text_is_as_long_as_can_be_lives_on(string character) =>
        LiveAsync(length => string.Concat(Enumerable.Repeat(character, length)));

    [Fact]
    public Task An_invoice_with_any_texts_lives_on() => Gen.Int[0, int.MaxValue - 1].SampleAsync(
        seed =>
        {
            Random random = new(seed);
            return LiveAsync(length => string.Concat(Enumerable.Range(0, length).Select(_ => Hostile[random.Next(Hostile.Length)])));
        },
        iter: 5, threads: 1);

    [Fact]
    public void What_a_long_text_is_split_into_is_joined_again() =>
        Gen.Select(Gen.OneOf(Hostile), Gen.Int[0, 130_000]).Sample(
            written =>
            {
                string text = string.Concat(Enumerable.Repeat(written.Item1, written.Item2 / written.Item1.Length));
                Azure.Data.Tables.TableEntity row = new("p", "r");
                row.SetLong("Json", text);
                row.SetLong("Bytes", Encoding.UTF8.GetBytes(text));
                Assert.Equal(text, row.GetLongString("Json"));
                Assert.Equal(text, Encoding.UTF8.GetString(row.FindLongBinary("Bytes")!));
                ICollection<object> parts = ((IDictionary<string, object>)row).Values;
                Assert.All(parts.OfType<string>(), part => Assert.InRange(Encoding.Unicode.GetByteCount(part), 0, 64 * 1024));
                Assert.All(parts.OfType<string>(), part => Assert.Equal(part, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(part))));
                Assert.All(parts.OfType<byte[]>(), part => Assert.InRange(part.Length, 0, 64 * 1024));
            },
            iter: 50);

    [Fact]
    public void A_nodes_text_is_kept_in_part() => Gen.Select(Gen.OneOf(Hostile), Gen.Int[0, 5_000]).Sample(written =>
    {
        string kept = ShortText.Of(string.Concat(Enumerable.Repeat(written.Item1, written.Item2)));
        Assert.InRange(kept.Length, 0, ShortText.Max);
        Assert.Equal(kept, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept)));
    });

    [Fact]
    public void A_problem_lists_the_first_hundred_errors_of_many()
    {
        Problem problem = Problems.InvalidFields([.. Enumerable.Range(0, 5_000).Select(i => new ProblemError($"/f{i}", "Not known here."))]);
        Assert.Equal((100, "5000 fields are invalid; these are the first 100."), (problem.Errors.Count, problem.Detail));
    }

    /// <summary>Late money comes again and again; each time a person ignores it, takes that back, and writes it off.</summary>
    private async Task LiveAsync(Func<int, string> text)
    {
        Stored<Invoice> stored = await CreateAsync(text);
        List<ViewedTransfer> shown = [];
        DateTimeOffset late = _now + TimeSpan.FromHours(1);
        for (int i = 0; i < Exceptions; i++)
        {
            shown.Add(new(
                $"0x{i:x64}", "0", Stage.Usdt.Id, null, 1, late, new(10, "0x" + new string('a', 64), late), null));
            View view = new(shown, new(100, null, null, late));
            stored = await DecideAsync(stored, state => new InvoiceCommand.Advance(view, late));
            stored = await DecideAsync(stored, state => Resolve(state, ExceptionAction.Ignore));
            stored = await DecideAsync(stored, state => new InvoiceCommand.ReopenException(Last(state), text(MaxNote), "key_1", late));
            stored = await DecideAsync(stored, state => Resolve(state, ExceptionAction.WriteOff));
            if (i % 10 == 9)
                stored = await FlushAsync(stored);
        }
        stored = await FlushAsync(stored);
        Assert.Equal(InvoiceStatus.LatePaid, stored.State.Status);
        Assert.Equal((30, Exceptions), (stored.State.Exceptions.Count, stored.State.Transfers.Count));
        Assert.All(stored.State.Exceptions, exception => Assert.Equal(text(MaxNote).Length > 0, exception.Resolution!.Note is not null));
        List<TimelineRow<InvoiceEvent>> timeline = await app.Get<InvoiceStore>().ReadTimelineAsync(
            stored.State.Terms.MerchantId, stored.State.Terms.Id, CancellationToken.None);
        Invoice? folded = timeline.Aggregate((Invoice?)null, (state, row) => Invoice.Evolve(state, row.Event));
        Assert.Equal(StoredJson.Write(folded), StoredJson.Write(stored.State));

        InvoiceCommand Resolve(Invoice state, ExceptionAction action) =>
            new InvoiceCommand.ResolveException(Last(state), action, text(MaxNote), "key_1", late);
    }

    private static int Last(Invoice state) => state.Exceptions[^1].Number;

    private async Task<Stored<Invoice>> CreateAsync(Func<int, string> text)
    {
        InvoiceReference invoice = new(Id.New("mer", _now), Id.New("inv", _now), "anvil");
        await app.Get<WatchStore>().InsertAsync(
            new()
            {
                Network = invoice.Network,
                InvoiceId = invoice.InvoiceId,
                MerchantId = invoice.MerchantId,
                Address = "0xa",
                Recipient = "0xa",
                Required = RequiredDepth.OfBlocks(Stage.Required),
                MonitorUntil = _now.AddDays(90),
            },
            CancellationToken.None);
        InvoiceTerms terms = Stage.TermsOf(invoice) with
        {
            OrderId = text(MaxReference),
            CustomerReference = text(MaxReference),
            ReturnUrl = "https://shop.example/?" + new string('&', MaxUrl - 22),
            Metadata = MetadataOf(text),
        };
        Decision created = InvoiceDecider.Decide(null, new InvoiceCommand.Create(terms, _now));
        byte[] answer = Json.Bytes(InvoiceDocument.Of(Invoice.Evolve(null, created.Events[0]), null, app.Get<Networks>()));
        return await app.Get<InvoiceStore>().CommitAsync(null, created.Events, null, answer, CancellationToken.None);
    }

    /// <summary>As much as the API accepts.</summary>
    private static SortedDictionary<string, string> MetadataOf(Func<int, string> text)
    {
        StringBuilder value = new();
        int left = MaxMetadataBytes - 1;
        foreach (Rune rune in text(MaxMetadataBytes).EnumerateRunes().TakeWhile(rune => (left -= rune.Utf8SequenceLength) >= 0))
            value.Append(rune.ToString());
        return new(StringComparer.Ordinal) { ["k"] = value.ToString() };
    }

    private async Task<Stored<Invoice>> DecideAsync(Stored<Invoice> stored, Func<Invoice, InvoiceCommand> command)
    {
        Decision decision = InvoiceDecider.Decide(stored.State, command(stored.State));
        Assert.Null(decision.Rejection);
        return await app.Get<InvoiceStore>().CommitAsync(stored, decision.Events, null, null, CancellationToken.None);
    }

    private async Task<Stored<Invoice>> FlushAsync(Stored<Invoice> stored)
    {
        Assert.All(stored.Outbox, told => Assert.InRange(Encoding.UTF8.GetByteCount(told.Body), 1, GatewayEvent.MaxBodyBytes));
        await app.Get<InvoiceOutbox>().FlushAsync(stored, CancellationToken.None);
        return (await app.Get<InvoiceStore>().FindAsync(stored.State.Terms.MerchantId, stored.State.Terms.Id, CancellationToken.None))!;
    }
}
