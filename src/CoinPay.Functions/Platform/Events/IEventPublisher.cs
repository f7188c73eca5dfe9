namespace CoinPay.Functions.Platform.Events;

/// <summary>Whoever tells merchants of events. Telling the same event again changes nothing.</summary>
internal interface IEventPublisher
{
    /// <summary>
    /// Returns when all of one merchant's events are stored and their deliveries queued; throws otherwise, and is then to be
    /// called again with the same.
    /// </summary>
    Task PublishAsync(IReadOnlyList<GatewayEvent> happened, CancellationToken cancellation);
}
