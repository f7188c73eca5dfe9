namespace CoinPay.Chains;

/// <summary>The gateway cannot start, or do what was asked, with its settings as they are.</summary>
public sealed class SettingsException(string message) : Exception(message);
