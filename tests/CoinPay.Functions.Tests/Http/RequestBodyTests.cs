using System.Text;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

public sealed class RequestBodyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"x\":{\"a\":1,\"a\":2}}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1} {}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}")]
    public void What_is_not_one_plain_JSON_object_is_refused(string body) =>
        Assert.Equal("invalid_request", Refusal(() => Body(body)).Code);

    [Fact]
    public void What_is_not_UTF_8_is_refused() =>
        Assert.Equal("invalid_request", Refusal(() => RequestBody.Of(new byte[] { (byte)'{', 0xff, (byte)'}' })).Code);

    [Fact]
    public void All_that_is_wrong_is_told_together_with_pointers()
    {
        RequestBody body = Body("""{"name": 7, "price": {"amount": 49.9, "curency": "EUR"}, "list": ["a", "a", ""], "a/b~": 1}""");
        body.RequiredString("name", 10);
        RequestBody price = body.RequiredObject("price");
        price.RequiredDecimal("amount");
        price.RequiredString("currency", 10);
        body.OptionalStrings("list", 3, 10);
        body.RequiredObject("missing").RequiredString("anything", 1);

        Problem problem = Refusal(body.ThrowIfInvalid);

        Assert.Equal("invalid_request", problem.Code);
        Assert.Equal(
            ["/a~1b~0", "/list/1", "/list/2", "/missing", "/name", "/price/amount", "/price/curency",
                "/price/currency"],
            problem.Errors.Select(error => error.Pointer).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_problem_of_one_kind_has_that_kinds_code()
    {
        RequestBody unknown = Body("""{"nmae": "x"}""");
        Assert.Equal(
            ("unknown_field", "/nmae"),
            (Refusal(unknown.ThrowIfInvalid).Code, Refusal(unknown.ThrowIfInvalid).Errors[0].Pointer));
        RequestBody amount = Body("""{"amount": "-1"}""");
        amount.RequiredDecimal("amount");
        Assert.Equal("invalid_amount", Refusal(amount.ThrowIfInvalid).Code);
    }

    [Theory]
    [InlineData("\"49.90\"", true)]
    [InlineData("\"0\"", true)]
    [InlineData("\"0.1\"", true)]
    [InlineData("49.90", false)]
    [InlineData("49", false)]
    [InlineData("\"-1\"", false)]
    [InlineData("\"+1\"", false)]
    [InlineData("\"1e3\"", false)]
    [InlineData("\"01\"", false)]
    [InlineData("\"1.\"", false)]
    [InlineData("\".5\"", false)]
    [InlineData("\"1,5\"", false)]
    [InlineData("\"١\"", false)]
    [InlineData("\" 1\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("true", false)]
    [InlineData("null", false)]
    public void A_decimal_is_a_string_of_digits_with_at_most_one_point(string json, bool isRight)
    {
        RequestBody body = Body($$"""{"amount": {{json}}}""");
        body.RequiredDecimal("amount");
        Assert.Equal(isRight, Record.Exception(body.ThrowIfInvalid) is null);
    }

    [Theory]
    [InlineData("2026-11-23T10:45:00Z", true)]
    [InlineData("2026-11-23T10:45:00.123456789+02:00", true)]
    [InlineData("2026-11-23 10:45:00z", true)]
    [InlineData("2026-11-23T10:45:00", false)]
    [InlineData("2026-11-23T10:45Z", false)]
    [InlineData("2026-11-23Z", false)]
    [InlineData("10:45Z", false)]
    [InlineData("01/02/2027 10:45:00Z", false)]
    [InlineData("2026-13-01T10:45:00Z", false)]
    [InlineData("0001-01-01T00:00:00+14:00", false)]
    public void A_time_is_a_whole_instant_of_RFC_3339(string text, bool isRight)
    {
        RequestBody body = Body($$"""{"at": "{{text}}"}""");
        body.OptionalTime("at");
        Assert.Equal(isRight, Record.Exception(body.ThrowIfInvalid) is null);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("😀")]
    public void A_length_counts_code_points_and_not_how_they_are_stored(string letter)
    {
        string five = string.Concat(Enumerable.Repeat(letter, 5)), key = string.Concat(Enumerable.Repeat(letter, 64));
        RequestBody body = Body($$$"""{"one": "{{{five}}}", "list": ["{{{five}}}"], "metadata": {"{{{key}}}": "v"}}""");
        Assert.Equal(five, body.RequiredString("one", 5));
        Assert.Equal([five], body.OptionalStrings("list", 1, 5)!);
        Assert.Single(body.Metadata("metadata"));
        body.ThrowIfInvalid();

        RequestBody longer = Body($$$"""{"one": "{{{five}}}", "list": ["{{{five}}}"], "metadata": {"{{{key + letter}}}": "v"}}""");
        longer.OptionalString("one", 4);
        longer.OptionalStrings("list", 1, 4);
        longer.Metadata("metadata");
        Assert.Equal(["/one", "/list/0", "/metadata"], Refusal(longer.ThrowIfInvalid).Errors.Select(error => error.Pointer));
    }

    [Theory]
    [InlineData("15", true)]
    [InlineData("15.0", true)]
    [InlineData("1.5e1", true)]
    [InlineData("15.5", false)]
    [InlineData("1e99", false)]
    [InlineData("\"15\"", false)]
    public void A_whole_number_may_end_in_zeros(string json, bool isRight)
    {
        RequestBody body = Body($$"""{"minutes": {{json}}}""");
        Assert.Equal(isRight ? 15 : null, body.OptionalInteger("minutes", 1, 20));
        Assert.Equal(isRight, Record.Exception(body.ThrowIfInvalid) is null);
    }

    [Fact]
    public void Metadata_is_at_most_fifty_strings_and_4_KiB()
    {
        Assert.Null(Record.Exception(() => Metadata(Enumerable.Range(0, 50).Select(i => $"\"k{i}\":\"v\""))));
        Assert.NotNull(Record.Exception(() => Metadata(Enumerable.Range(0, 51).Select(i => $"\"k{i}\":\"v\""))));
        Assert.NotNull(Record.Exception(() => Metadata([$"\"k\":\"{new string('v', 4096)}\""])));
        Assert.NotNull(Record.Exception(() => Metadata(["\"k\":1"])));
    }

    [Fact]
    public void A_number_with_a_point_is_never_written() =>
        Assert.Throws<NotSupportedException>(() => Json.Bytes(new { amount = 1.5m }));

    private static void Metadata(IEnumerable<string> fields)
    {
        RequestBody body = Body("{\"metadata\":{" + string.Join(',', fields) + "}}");
        body.Metadata("metadata");
        body.ThrowIfInvalid();
    }

    private static RequestBody Body(string json) => RequestBody.Of(Encoding.UTF8.GetBytes(json));

    private static Problem Refusal(Action action) => Assert.Throws<ProblemException>(action).Problem;
}
