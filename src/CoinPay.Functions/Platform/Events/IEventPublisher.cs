namespace CoinPay.Functions.Platform.Events;

/// <summary>Publishes events to merchants. Publishing the same event again changes nothing.</summary>
internal interface IEventPublisher
{
    /// <summary>
    /// Returns when all of one merchant's events are stored and their deliveries queued. Otherwise throws, and must be called
    /// again with the same events.
    /// </summary>
    Task PublishAsync(IReadOnlyList<GatewayEvent> happened, CancellationToken cancellation);
}
