namespace CoinPay.Testing.Hub;

/// <summary>
/// One process's way to the hub. Whoever stands at the door may hold a request back, refuse it by throwing, or, when the process dies,
/// never let it go on: before the effect or after it.
/// </summary>
internal sealed class HubDoor(Func<HubOperation, Task>? before = null, Func<HubOperation, Task>? after = null)
{
    private readonly Func<HubOperation, Task> _before = before ?? (static _ => Task.CompletedTask);
    private readonly Func<HubOperation, Task> _after = after ?? (static _ => Task.CompletedTask);

    public async Task<T> PassAsync<T>(HubAction action, string instanceId, Func<T> effect)
    {
        HubOperation operation = new(action, instanceId);
        await _before(operation);
        T result = effect();
        await _after(operation);
        return result;
    }

    public Task PassAsync(HubAction action, string instanceId, Action effect) => PassAsync(action, instanceId, () =>
    {
        effect();
        return true;
    });
}
