namespace CoinPay.Core;

/// <summary>Something that happened to an aggregate, and when.</summary>
public interface IDomainEvent
{
    DateTimeOffset At { get; }
}
