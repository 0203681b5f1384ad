using System.Runtime.InteropServices;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.LazyPages.Handover;

/// <summary>What the kernel has said about restored memory, in memory that outlives this program.</summary>
/// <remarks>
/// Reading a message is to acknowledge it: the process continues, and no one is told again. So messages are read straight into here, and what was acknowledged is written down whatever dies. First
/// touches are not kept: their threads ask again when they are woken. Records have the 32 bytes of a message, and the first byte of one is written last. Written by one thread.
/// </remarks>
internal sealed unsafe class EventLog
{
    /// <summary>The most messages of a batch.</summary>
    internal const int BatchMessages = 64;

    /// <summary>A header, the messages, and what may follow for each of them must fit at the end.</summary>
    private const long Reserve = 4 * BatchMessages;

    private readonly byte* _start;
    private readonly long _capacity;
    private readonly byte[] _spare = GC.AllocateUninitializedArray<byte>(BatchMessages * UserfaultMessage.Bytes, pinned: true);
    private long _end;

    /// <summary>Continues with a log, or begins one in memory that is all zeros.</summary>
    /// <param name="start">The memory; it must outlive this object.</param>
    /// <param name="bytes">Its length.</param>
    internal EventLog(nint start, long bytes)
    {
        _start = (byte*)start;
        _capacity = bytes / UserfaultMessage.Bytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(_capacity, 2 * Reserve, nameof(bytes));
        while (_end < _capacity && KindAt(_end) != RecordKind.None)
        {
            _end++;
        }
    }

    /// <summary>The records so far.</summary>
    internal long Count => _end;

    /// <summary>Whether something is missing at the end, so that it is of no use.</summary>
    internal bool IsFull => _end > 0 && KindAt(_end - 1) == RecordKind.Full;

    /// <summary>A record; a message of the kernel is one as well.</summary>
    internal ref readonly UserfaultMessage this[long index] => ref *At(index);

    /// <summary>Where the next messages of a member are to be read to.</summary>
    internal Span<byte> Begin(int member)
    {
        if (!HasRoom())
        {
            return _spare;
        }

        // Present before the kernel writes to it: a fault could fail, and what was to be written would be lost.
        byte* first = (byte*)At(_end + 1);
        byte* last = (byte*)At(_end + BatchMessages) + UserfaultMessage.Bytes - 1;
        Volatile.Write(ref *first, 0);
        Volatile.Write(ref *last, 0);
        Write(_end, RecordKind.Batch, (ulong)member, 0, 0);
        return new Span<byte>(At(_end + 1), BatchMessages * UserfaultMessage.Bytes);
    }

    /// <summary>Keeps the messages that were read.</summary>
    internal void Keep(int messages)
    {
        if (!IsFull)
        {
            _end += 1 + messages;
        }
    }

    /// <summary>Forgets the messages that were read; there are only touches among them, and they are not looked at any more.</summary>
    internal void Drop(int messages)
    {
        if (!IsFull)
        {
            for (long index = _end + messages; index >= _end; index--)
            {
                Volatile.Write(ref *(byte*)At(index), 0);
            }
        }
    }

    /// <summary>Adds a record.</summary>
    internal void Add(RecordKind kind, ulong first, ulong second = 0, ulong third = 0)
    {
        if (HasRoom())
        {
            Write(_end++, kind, first, second, third);
        }
    }

    /// <summary>The messages behind the header at an index.</summary>
    internal ReadOnlySpan<UserfaultMessage> BatchAt(long index)
    {
        long end = index + 1;
        while (end < _end && KindAt(end) < RecordKind.Batch)
        {
            end++;
        }

        return new ReadOnlySpan<UserfaultMessage>(At(index + 1), (int)(end - index - 1));
    }

    internal RecordKind KindAt(long index) => (RecordKind)Volatile.Read(ref *(byte*)At(index));

    private bool HasRoom()
    {
        if (IsFull)
        {
            return false;
        }

        if (_end + Reserve < _capacity)
        {
            return true;
        }

        Write(_end++, RecordKind.Full, 0, 0, 0);
        return false;
    }

    private UserfaultMessage* At(long index) => (UserfaultMessage*)(_start + (index * UserfaultMessage.Bytes));

    private void Write(long index, RecordKind kind, ulong first, ulong second, ulong third)
    {
        UserfaultMessage* record = At(index);
        (record->First, record->Second, record->Third) = (first, second, third);
        Volatile.Write(ref *(byte*)record, (byte)kind);
    }
}
