using System.Text.Json;
using CoinPay.Host.App;
using CoinPay.Host.Http;
using CoinPay.Host.Protocol;
using Xunit;

namespace CoinPay.Host.Tests.Http;

public sealed class FunctionRouteTests
{
    [Theory]
    [InlineData("", "", "Anonymous", "cannot serve the route \"\"")]
    [InlineData("", "/", "Anonymous", "cannot serve the route \"/\"")]
    [InlineData("api", "", "Anonymous", "cannot serve the route \"\"")]
    [InlineData("", "admin/keys", "Anonymous", "reserves the route \"admin/keys\"")]
    [InlineData("", "/Runtime/x", "Anonymous", "reserves the route \"/Runtime/x\"")]
    [InlineData("runtime", "x", "Anonymous", "reserves the route \"runtime/x\"")]
    [InlineData("", "x", "User", "does not support the authorization level USER")]
    [InlineData("", "{x", "Anonymous", "the route \"{x\" cannot be read")]
    public void What_the_real_host_does_not_serve_is_refused_with_the_functions_name(string prefix, string route, string level, string why)
    {
        StartException refused = Assert.Throws<StartException>(() => FunctionRoute.Of(Http(route, level), prefix));
        Assert.Contains($"Function 'Some': ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "v1/x", "v1/x")]
    [InlineData("api", "v1/x", "api/v1/x")]
    [InlineData("api", "admin", "api/admin")]
    [InlineData("api", null, "api/Some")]
    public void A_route_stands_below_the_prefix_and_is_the_functions_name_if_it_has_none(string prefix, string? route, string pattern) =>
        Assert.Equal(pattern, FunctionRoute.Of(Http(route, "Anonymous"), prefix).Pattern.RawText);

    [Fact]
    public void A_function_that_says_no_level_asks_for_a_function_key() =>
        Assert.Equal(KeyLevel.Function, FunctionRoute.Of(Http("x", level: null), "").Level);

    private static Function Http(string? route, string? level) => Function.From(new FunctionMetadata
    {
        Name = "Some",
        RawBindings = { JsonSerializer.Serialize(new { name = "request", type = "httpTrigger", direction = "In", route, authLevel = level }) },
    });
}
