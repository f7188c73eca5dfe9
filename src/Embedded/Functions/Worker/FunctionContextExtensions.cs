using CoinPay.Embedded.Worker;
using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextExtensions
{
    /// <summary>The request of an HTTP invocation; null for any other.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) => ((InvocationContext)context).HttpContext;
}

public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>What the function returned; a value set here is answered instead, once the middleware has returned.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => ((InvocationContext)context).Result;
}
