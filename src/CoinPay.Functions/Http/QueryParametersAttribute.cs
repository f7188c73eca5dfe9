namespace CoinPay.Functions.Http;

/// <summary>
/// The query parameters of a call; a call without this attribute has none. A test compares them with the OpenAPI document.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class QueryParametersAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names => names;
}
