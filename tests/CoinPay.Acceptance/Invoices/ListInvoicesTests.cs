using System.Net;
using CoinPay.Acceptance.Http;
using CoinPay.Functions.Platform;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Invoices;

public sealed class ListInvoicesTests(LivemodeWorld world) : IClassFixture<LivemodeWorld>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Two_ranges_side_by_side_hold_every_invoice_once()
    {
        ApiAnswer invoice = (await world.Test.Key.GetAsync("/v1/invoices/" + world.Test.InvoiceId)).Expect(HttpStatusCode.OK);
        DateTimeOffset created = invoice.Json["created_at"]!.GetValue<DateTimeOffset>();
        for (DateTime until = DateTime.UtcNow + Patience; !await ListsAsync(""); await Task.Delay(200))
            Assert.True(DateTime.UtcNow < until, "the invoice is not listed");

        Assert.True(await ListsAsync("created_after=" + Json.Time(created)));
        Assert.False(await ListsAsync("created_after=" + Json.Time(created + Tick)));
        Assert.False(await ListsAsync("created_before=" + Json.Time(created)));
        Assert.True(await ListsAsync("created_before=" + Json.Time(created + Tick)));
    }

    [Theory]
    [InlineData("10:45")]
    [InlineData("01/02/2026")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T10:45:00")]
    public async Task A_range_is_bounded_by_whole_instants_only(string text)
    {
        foreach (string bound in new[] { "created_after=", "created_before=" })
            (await world.Test.Key.GetAsync($"/v1/invoices?{bound}{Uri.EscapeDataString(text)}"))
                .ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    private async Task<bool> ListsAsync(string query) =>
        (await world.Test.Key.GetAsync("/v1/invoices?" + query)).Expect(HttpStatusCode.OK)
            .Text.Contains(world.Test.InvoiceId, StringComparison.Ordinal);
}
