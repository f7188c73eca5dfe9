namespace CoinPay.Host;

/// <summary>Something that the operator must put right before the host can run. The message is all that is printed.</summary>
internal sealed class StartException(string message) : Exception(message);
