using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages.Handover;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Reads what the userfaultfd of a task has to say, and brings the record of its memory up to date.</summary>
/// <remarks>
/// Reading an event lets the process go on with what it announced: a discard happens after its event was read. So nothing may be copied
/// between the reading and the bookkeeping on the strength of older knowledge; one thread does both.
/// </remarks>
internal sealed class TaskMessages(LazyPagesCounters counters, ServingRecord? record = null)
{
    private const int BatchMessages = 64;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BatchMessages * UserfaultMessage.Bytes, pinned: true);
    private readonly List<(ulong Start, ulong End)> _gone = new(BatchMessages);

    /// <summary>Reads one batch.</summary>
    /// <param name="task">The task to read from.</param>
    /// <param name="since">The earliest time at which a touch that is there now can have come.</param>
    /// <param name="touches">Receives the touches.</param>
    /// <param name="children">Receives the children that were forked.</param>
    internal void Read(RestoredTask task, long since, Queue<Touch> touches, List<RestoredTask> children)
    {
        Span<byte> buffer = record is null ? _buffer : record.Log.Begin(task.Member);
        int length = Userfaultfd.Read(task.Descriptor, buffer);
        Span<UserfaultMessage> messages = UserfaultMessage.Parse(buffer[..length]);
        if (record is null)
        {
            Apply(task, messages, since, touches, children);
        }
        else if (OnlyTouches(messages))
        {
            Apply(task, messages, since, touches, children);
            record.Log.Drop(messages.Length);
        }
        else
        {
            record.Log.Keep(messages.Length);
            record.TakeChildren(messages);
            Apply(task, messages, since, touches, children);
        }
    }

    internal void Apply(RestoredTask task, ReadOnlySpan<UserfaultMessage> messages, long since, Queue<Touch> touches, List<RestoredTask> children) =>
        Apply(task, messages, since, touches, children, Adopt);

    /// <summary>The same where the children come from elsewhere.</summary>
    /// <param name="task">The process.</param>
    /// <param name="messages">One batch.</param>
    /// <param name="since">The earliest time at which a touch can have come.</param>
    /// <param name="touches">Receives the touches.</param>
    /// <param name="children">Receives the children.</param>
    /// <param name="adopt">Makes the child of a fork, given the descriptor that the message names.</param>
    internal void Apply(RestoredTask task, ReadOnlySpan<UserfaultMessage> messages, long since, Queue<Touch> touches, List<RestoredTask> children, Func<RestoredTask, int, RestoredTask> adopt)
    {
        foreach (ref readonly UserfaultMessage message in messages)
        {
            switch (message.Event)
            {
                case UserfaultEvent.Touch:
                    touches.Enqueue(new Touch(task, message.TouchedAddress, since));
                    break;
                case UserfaultEvent.Fork:
                    counters.Forks++;
                    children.Add(adopt(task, message.ChildDescriptor));
                    break;
                case UserfaultEvent.Remap:
                    counters.Remaps++;
                    DiscardGone(task);
                    counters.Unwanted += task.Discard(message.Second, message.Second + message.Third);
                    task.Ranges.Move(message.First, message.Second, message.Third);
                    break;
                case UserfaultEvent.Remove:
                    counters.Removes++;
                    _gone.Add((message.First, message.Second));
                    break;
                case UserfaultEvent.Unmap:
                    counters.Unmaps++;
                    _gone.Add((message.First, message.Second));
                    break;
            }
        }

        DiscardGone(task);
    }

    /// <summary>
    /// Discards come last: one that waits beside a fork was announced by another thread, and takes effect in the parent after the
    /// child has its copy of the memory, in whichever order the two are queued.
    /// </summary>
    private void DiscardGone(RestoredTask task)
    {
        foreach ((ulong start, ulong end) in _gone)
        {
            counters.Unwanted += task.Discard(start, end);
        }

        _gone.Clear();
    }

    private static bool OnlyTouches(ReadOnlySpan<UserfaultMessage> messages)
    {
        foreach (ref readonly UserfaultMessage message in messages)
        {
            if (message.Event != UserfaultEvent.Touch)
            {
                return false;
            }
        }

        return true;
    }

    private RestoredTask Adopt(RestoredTask parent, int number)
    {
        (int member, SafeFileHandle descriptor) = record?.NextChild() ?? (0, new SafeFileHandle(number, ownsHandle: true));
        Userfaultfd.Adopt(descriptor);
        RestoredTask child = parent.Fork(descriptor, member, record);
        record?.Adopted(member);
        return child;
    }
}
