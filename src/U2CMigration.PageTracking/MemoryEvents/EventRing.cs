using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.MemoryEvents;

/// <summary>The records of one processor, in the order in which the kernel wrote them.</summary>
internal sealed unsafe class EventRing : IDisposable
{
    private const string Duplicates = "old_len == 0";

    /// <summary>No record is longer: the longest tells of a mapping, with the path of its file.</summary>
    private const int LongestRecord = 2 * PageSize.Bytes;

    private readonly SafeFileHandle _event;
    private readonly SafeFileHandle _calls;
    private readonly MappedMemory _memory;
    private readonly byte[] _record = new byte[ushort.MaxValue + 1];
    private readonly ulong _bytes;

    private EventRing(SafeFileHandle @event, SafeFileHandle calls, MappedMemory memory, ulong bytes) => (_event, _calls, _memory, _bytes) = (@event, calls, memory, bytes);

    /// <summary>Opens the ring of a processor.</summary>
    /// <param name="processor">Its number.</param>
    /// <param name="mremap">The tracepoint of mremap(2).</param>
    /// <param name="bytes">The size of the ring, a power of two pages.</param>
    /// <returns>Null when the kernel refuses; the last P/Invoke error says why.</returns>
    internal static EventRing? TryOpen(int processor, ulong mremap, int bytes)
    {
        var tasks = new PerfEventAttributes
        {
            Type = PERF_TYPE_SOFTWARE,
            Size = (uint)sizeof(PerfEventAttributes),
            Config = PERF_COUNT_SW_DUMMY,
            Flags = PERF_ATTR_TASK | PERF_ATTR_MMAP | PERF_ATTR_MMAP_DATA | PERF_ATTR_MMAP2 | PERF_ATTR_WATERMARK,
            Wakeup = (uint)bytes,
        };
        var calls = new PerfEventAttributes
        {
            Type = PERF_TYPE_TRACEPOINT,
            Size = (uint)sizeof(PerfEventAttributes),
            Config = mremap,
            SamplePeriod = 1,
            SampleType = PERF_SAMPLE_TID,
            Flags = PERF_ATTR_WATERMARK,
            Wakeup = (uint)bytes,
        };
        var @event = new SafeFileHandle(PerfEventOpen(SYS_perf_event_open_x64, &tasks, -1, processor, -1, PERF_FLAG_FD_CLOEXEC), ownsHandle: true);
        SafeFileHandle? called = null;
        MappedMemory? memory = null;
        if (!@event.IsInvalid)
        {
            memory = MappedMemory.Map(@event, PageSize.Bytes + bytes, PROT_READ | PROT_WRITE);
            if (!memory.IsInvalid)
            {
                called = new SafeFileHandle(
                    PerfEventOpen(SYS_perf_event_open_x64, &calls, -1, processor, @event, PERF_FLAG_FD_NO_GROUP | PERF_FLAG_FD_OUTPUT | PERF_FLAG_FD_CLOEXEC), ownsHandle: true);
                if (!called.IsInvalid && TrySetFilter(called))
                {
                    return new EventRing(@event, called, memory, (ulong)bytes);
                }
            }
        }

        int error = Marshal.GetLastPInvokeError();
        called?.Dispose();
        memory?.Dispose();
        @event.Dispose();
        Marshal.SetLastPInvokeError(error);
        return null;
    }

    /// <summary>Takes all records out of the ring.</summary>
    internal void Drain(MemoryEventSet events)
    {
        byte* control = _memory.Address;
        byte* data = control + PageSize.Bytes;
        ulong head = Volatile.Read(ref *(ulong*)(control + PERF_DATA_HEAD));
        ulong tail = *(ulong*)(control + PERF_DATA_TAIL);

        // The kernel tells what it could not write with the next record that it can, which may come later. It found no place only if there is hardly any now.
        events.IsIncomplete |= head - tail > _bytes - LongestRecord;
        while (tail < head)
        {
            // Records are multiples of 8 bytes, so the header is never cut in two by the end of the ring.
            int length = *(ushort*)(data + (tail & (_bytes - 1)) + 6);
            for (int i = 0; i < length; i += sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(_record.AsSpan(i), *(ulong*)(data + ((tail + (ulong)i) & (_bytes - 1))));
            }

            EventRecord.Note(_record.AsSpan(0, length), events);
            tail += (ulong)length;
        }

        Volatile.Write(ref *(ulong*)(control + PERF_DATA_TAIL), tail);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _calls.Dispose();
        _memory.Dispose();
        _event.Dispose();
    }

    private static bool TrySetFilter(SafeFileHandle calls)
    {
        byte* filter = stackalloc byte[Duplicates.Length + 1];
        System.Text.Encoding.ASCII.GetBytes(Duplicates, new Span<byte>(filter, Duplicates.Length));
        filter[Duplicates.Length] = 0;
        return Ioctl(calls, PERF_EVENT_IOC_SET_FILTER, filter) == 0;
    }
}
