using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Reads what the userfaultfd of a task has to say, and brings the record of its memory up to date.</summary>
/// <remarks>
/// Reading an event lets the process go on with what it announced: a discard happens after its event was read. So nothing may be copied
/// between the reading and the bookkeeping on the strength of older knowledge; one thread does both.
/// </remarks>
internal sealed class TaskMessages(LazyPagesCounters counters)
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
        int length = Userfaultfd.Read(task.Descriptor, _buffer);
        Span<UserfaultMessage> messages = UserfaultMessage.Parse(_buffer.AsSpan(0, length));
        Apply(task, messages, since, touches, children);
    }

    internal void Apply(RestoredTask task, ReadOnlySpan<UserfaultMessage> messages, long since, Queue<Touch> touches, List<RestoredTask> children)
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
                    children.Add(Adopt(task, message.ChildDescriptor));
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

    private static RestoredTask Adopt(RestoredTask parent, int number)
    {
        var descriptor = new SafeFileHandle(number, ownsHandle: true);
        Userfaultfd.Adopt(descriptor);
        return parent.Fork(descriptor);
    }
}
