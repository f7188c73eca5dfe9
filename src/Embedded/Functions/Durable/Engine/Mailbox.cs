namespace CoinPay.Embedded.Durable;

/// <summary>
/// What waits for an instance, and whether it is at work, at rest or closed: all under one lock, so that nothing posted is missed.
/// </summary>
internal sealed class Mailbox
{
    /// <summary>Bounds a turn's transaction: each message may delete one row and write one.</summary>
    private const int MaxMessagesPerTurn = 40;

    private readonly Lock _gate = new();
    private readonly List<InstanceMessage> _waiting = [];
    private readonly HashSet<string> _inboxKnown = [];
    private Newborn? _successor;
    private int _holds;
    private bool _working;
    private bool _wakeAgain;

    /// <summary>True once the instance has ended or was put away: what comes now is for another instance of this id.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>True if somebody wants the execution ended.</summary>
    public bool HasTermination(string executionId)
    {
        lock (_gate)
            return _waiting.Take(MaxMessagesPerTurn).Any(message =>
                message is { IsStored: true, Item.Type: HistoryEventType.ExecutionTerminated } && message.Item.IsFor(executionId));
    }

    /// <summary>False once closed.</summary>
    public bool TryPost(InstanceMessage message)
    {
        lock (_gate)
        {
            if (IsClosed)
                return false;
            if (!message.IsStored || _inboxKnown.Add(message.Item.RowKey))
                _waiting.Add(message);
            return true;
        }
    }

    /// <summary>False if a turn has taken it already.</summary>
    public bool TryWithdraw(InstanceMessage offered)
    {
        lock (_gate)
            return _waiting.Remove(offered);
    }

    /// <summary>Until the release the instance is not put away: something is under way for it. False once closed.</summary>
    public bool TryHold()
    {
        lock (_gate)
        {
            if (!IsClosed)
                _holds++;
            return !IsClosed;
        }
    }

    public void Release()
    {
        lock (_gate)
            _holds--;
    }

    /// <summary>False once closed. Whoever is told to begin does the work; one who works already will look again.</summary>
    public bool TryCall(Func<bool> mayBegin, out bool begins)
    {
        lock (_gate)
        {
            begins = !_working && !IsClosed && mayBegin();
            _working |= begins;
            _wakeAgain = !begins;
            return !IsClosed;
        }
    }

    /// <summary>False if somebody has called meanwhile: then work goes on.</summary>
    public bool TryRest()
    {
        lock (_gate)
        {
            _working = _wakeAgain && !IsClosed;
            _wakeAgain = false;
            return !_working;
        }
    }

    /// <summary>True if the instance is at rest and nothing waits: it counts as working until it leaves or stays.</summary>
    public bool TryBeginPutAway()
    {
        lock (_gate)
        {
            if (IsClosed || _working || _wakeAgain || _holds > 0 || _waiting.Count > 0)
                return false;
            return _working = true;
        }
    }

    /// <summary>
    /// Ends the putting away. False if something has come meanwhile: then it stays, and nobody else begins before <see cref="Stay"/>.
    /// </summary>
    public bool TryLeave()
    {
        lock (_gate)
            return IsClosed = _holds == 0 && _waiting.Count == 0 && !_wakeAgain;
    }

    /// <summary>Ends work or putting away, whatever has come; true if something has.</summary>
    public bool Stay()
    {
        lock (_gate)
        {
            _working = false;
            return _wakeAgain;
        }
    }

    public List<InstanceMessage> Take()
    {
        lock (_gate)
        {
            int count = Math.Min(MaxMessagesPerTurn, _waiting.Count);
            List<InstanceMessage> taken = _waiting.GetRange(0, count);
            _waiting.RemoveRange(0, count);
            return taken;
        }
    }

    /// <summary>Sends back what would need a turn: none comes soon.</summary>
    public void DeclineOffers()
    {
        lock (_gate)
        {
            foreach (InstanceMessage offered in _waiting.Where(message => message.IsOffered))
                offered.Answer(committed: false);
            _waiting.RemoveAll(message => message.IsOffered);
        }
    }

    /// <summary>Their rows are gone.</summary>
    public void Consumed(IEnumerable<string> rowKeys)
    {
        lock (_gate)
            _inboxKnown.ExceptWith(rowKeys);
    }

    /// <summary>Before storage is read.</summary>
    public void ForgetArrived()
    {
        lock (_gate)
        {
            _waiting.RemoveAll(message => message.IsStored);
            _inboxKnown.Clear();
        }
    }

    /// <summary>What storage has stands before what was posted while it was read.</summary>
    public void PutFirst(IEnumerable<InboxItem> read)
    {
        lock (_gate)
            _waiting.InsertRange(0, read.Where(item => _inboxKnown.Add(item.RowKey)).Select(item => new InstanceMessage(item)));
    }

    public void PutBack(IEnumerable<InstanceMessage> taken)
    {
        lock (_gate)
            _waiting.InsertRange(0, taken);
    }

    /// <summary>True while this is still open, as on an ended execution: then the successor begins when this is closed.</summary>
    public bool TrySucceed(Newborn created)
    {
        lock (_gate)
        {
            if (!IsClosed)
                _successor = created;
            return !IsClosed;
        }
    }

    /// <summary>Refuses what still waits, and gives what is to follow; what is stored may be for that one.</summary>
    public Newborn? Close(Exception refusal, out List<InboxItem> stored)
    {
        lock (_gate)
        {
            IsClosed = true;
            stored = [.. _waiting.Where(message => message.IsStored).Select(message => message.Item)];
            foreach (InstanceMessage offered in _waiting.Where(message => message.IsOffered))
                offered.Refuse(refusal);
            _waiting.Clear();
            return _successor;
        }
    }
}
