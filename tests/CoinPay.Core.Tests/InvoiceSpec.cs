namespace CoinPay.Tests.Core;

/// <summary>
/// A test of an invoice's life in one expression: what went before, what happens, what must follow. Every step is followed
/// by as many commits as its view needs, and each commit is held to the rules that hold always (<see cref="InvoiceWorld"/>).
/// </summary>
internal sealed class InvoiceSpec
{
    private readonly InvoiceWorld _world = new();

    private InvoiceSpec()
    {
    }

    public static InvoiceSpec Given(params Step[] past)
    {
        InvoiceSpec spec = new();
        spec.Run(past);
        return spec;
    }

    /// <summary>What <see cref="Then"/> speaks of begins here.</summary>
    public InvoiceSpec When(params Step[] steps)
    {
        _world.BeginObservation();
        Run(steps);
        return this;
    }

    public InvoiceSpec Then(params Expectation[] expectations)
    {
        foreach (Expectation expectation in expectations)
            expectation(_world);
        _world.ReplayAgrees();
        return this;
    }

    private void Run(Step[] steps)
    {
        foreach (Step step in steps)
            _world.Take(step);
    }
}

/// <summary>A change of the world that the invoice then sees.</summary>
internal sealed record Step(string Text, Action<InvoiceWorld> Change)
{
    public override string ToString() => Text;
}

/// <summary>Something that must be so; throws when it is not.</summary>
internal delegate void Expectation(InvoiceWorld world);
