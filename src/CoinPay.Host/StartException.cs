namespace CoinPay.Host;

/// <summary>A problem that the operator must fix before the host can run. Only the message is printed.</summary>
internal sealed class StartException(string message) : Exception(message);
