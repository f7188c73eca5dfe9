namespace CoinPay.Functions.Http;

/// <summary>
/// Marks a call whose answers scripts of any site may read (CORS), because it needs no key and shows only what anyone with
/// its link may see. Browsers keep the answers of all other calls from foreign scripts.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReadableByAnySiteAttribute : Attribute;
