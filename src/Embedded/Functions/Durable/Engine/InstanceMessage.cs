namespace CoinPay.Embedded.Durable;

/// <summary>
/// What reaches an instance. It has a row in the inbox; or it was offered, and the turn that takes it stores it with its commit; or it
/// is an activity's outcome, which is lost with the process, in which case the activity runs again.
/// </summary>
internal sealed class InstanceMessage(InboxItem item, bool isOffered = false)
{
    private readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InboxItem Item => item;

    public bool IsStored => item.RowKey.Length > 0;

    public bool IsOffered => isOffered;

    /// <summary>Of an offer: true once it is committed; false if no turn will take it soon, and it needs a row. Throws what the turn failed with.</summary>
    public Task<bool> IsCommitted => _answer.Task;

    public void Answer(bool committed) => _answer.TrySetResult(committed);

    public void Refuse(Exception why)
    {
        _answer.TrySetException(why);
        _ = _answer.Task.Exception; // The sender may not wait any more.
    }
}
