using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

public sealed class HttpTests
{
    private const string NoStorage = "UseDevelopmentStorage=true";

    [Fact]
    public async Task A_function_gets_route_values_services_and_context()
    {
        await using TestHost host = await StartAsync();
        Assert.Equal("""{"text":"hello ann hello ann","name":"GetGreeting"}""", await host.Http.GetStringAsync("/v1/greetings/ann/2"));
    }

    [Fact]
    public async Task An_optional_route_value_that_is_absent_takes_the_parameters_default()
    {
        await using TestHost host = await StartAsync();
        Assert.Equal("""{"text":"hello ann","name":"GetGreeting"}""", await host.Http.GetStringAsync("/v1/greetings/ann"));
    }

    [Fact]
    public async Task Two_functions_share_a_route_by_method()
    {
        await using TestHost host = await StartAsync();
        using HttpResponseMessage answer = await host.Http.PostAsync("/v1/greetings/ann", new StringContent("hi"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("ann: hi", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("DELETE", "/v1/greetings/ann")]
    [InlineData("GET", "/v1/greetings/ann/not-a-number")]
    public async Task What_no_function_takes_is_an_empty_404(string method, string path)
    {
        await using TestHost host = await StartAsync();
        using HttpResponseMessage answer = await host.Http.SendAsync(new(new(method), path));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_unhandled_exception_is_an_empty_500()
    {
        await using TestHost host = await StartAsync();
        using HttpResponseMessage answer = await host.Http.GetAsync("/throw");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_root_is_served_by_an_optional_empty_parameter()
    {
        await using TestHost host = await StartAsync();
        Assert.Equal("root", await host.Http.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_catch_all_takes_only_what_is_left_wrong_methods_included()
    {
        await using TestHost host = await StartAsync(typeof(HttpFunctionsUnderTest), typeof(CatchAllFunction));
        Assert.Equal("root", await host.Http.GetStringAsync("/"));
        Assert.Contains("hello", await host.Http.GetStringAsync("/v1/greetings/ann"));
        using HttpResponseMessage answer = await host.Http.DeleteAsync("/v1/greetings/ann");
        Assert.Equal("nothing at v1/greetings/ann", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_route_that_the_real_host_cannot_serve_is_refused_at_start()
    {
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(typeof(SlashRouteFunction)));
        Assert.Contains("cannot serve the route", refused.Message);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("?code=wrong", HttpStatusCode.Unauthorized)]
    [InlineData("?code=system-key", HttpStatusCode.OK)]
    public async Task A_function_for_the_system_asks_for_its_key(string query, HttpStatusCode status)
    {
        await using TestHost host = await StartAsync();
        using HttpResponseMessage answer = await host.Http.GetAsync("/system" + query);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task A_middleware_may_answer_instead_of_the_function()
    {
        await using TestHost host = await StartWithMiddlewareAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/greetings/ann");
        request.Headers.Add("x-refuse", "1");
        using HttpResponseMessage answer = await host.Http.SendAsync(request);
        Assert.Equal(418, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_middleware_maps_an_exception_to_an_answer()
    {
        await using TestHost host = await StartWithMiddlewareAsync();
        using HttpResponseMessage answer = await host.Http.GetAsync("/throw");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("mapped", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Middleware_runs_in_the_order_of_registration()
    {
        await using TestHost host = await StartWithMiddlewareAsync();
        using HttpResponseMessage answer = await host.Http.GetAsync("/v1/greetings/ann");
        Assert.Equal("True", answer.Headers.GetValues("x-inner-saw-outer").Single());
        Assert.True(Guid.TryParse(answer.Headers.GetValues("x-invocation").Single(), out _));
    }

    [Fact]
    public async Task A_body_over_Kestrels_limit_does_not_reach_the_function_whole()
    {
        await using TestHost host = await TestHost.StartAsync(NoStorage, [typeof(HttpFunctionsUnderTest)], configure: builder =>
        {
            builder.Services.AddSingleton(new GreetingWords("hello"));
            builder.Services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(
                kestrel => kestrel.Limits.MaxRequestBodySize = 10);
        });
        using HttpResponseMessage answer = await host.Http.PostAsJsonAsync("/v1/greetings/ann", new string('x', 100));
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    private static Task<TestHost> StartAsync(params Type[] functions) => TestHost.StartAsync(
        NoStorage,
        functions.Length == 0 ? [typeof(HttpFunctionsUnderTest)] : functions,
        configure: builder => builder.Services.AddSingleton(new GreetingWords("hello")));

    private static Task<TestHost> StartWithMiddlewareAsync() => TestHost.StartAsync(
        NoStorage,
        [typeof(HttpFunctionsUnderTest)],
        configure: builder =>
        {
            builder.Services.AddSingleton(new GreetingWords("hello"));
            builder.UseMiddleware<AnsweringMiddleware>().UseMiddleware<InnerMiddleware>();
        });
}
