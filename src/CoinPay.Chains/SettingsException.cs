namespace CoinPay.Chains;

/// <summary>The gateway cannot start, or do what was requested, with its current settings.</summary>
public sealed class SettingsException(string message) : Exception(message);
