using static System.Buffers.Binary.BinaryPrimitives;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.MemoryEvents;

/// <summary>Reads a record of a ring: a header of type, misc and size, then fields as linux/perf_event.h lists them.</summary>
internal static class EventRecord
{
    internal static void Note(ReadOnlySpan<byte> record, MemoryEventSet events)
    {
        uint type = ReadUInt32LittleEndian(record);
        switch (type)
        {
            case PERF_RECORD_FORK:
                // { pid, ppid, tid, ptid, time }: equal processes for a new thread.
                int parent = ReadInt32LittleEndian(record[12..]);
                if (parent != ReadInt32LittleEndian(record[8..]))
                {
                    events.Parents.Add(parent);
                }

                break;
            case PERF_RECORD_MMAP2:
                // { pid, tid, addr, len, pgoff, maj, min, ino, ino_generation, prot, flags, ... }. Through one that only reads nothing is written, CRIU's own in a dump for example; if it is made
                // writable, that is another record.
                if (ReadInt32LittleEndian(record[8..]) != Environment.ProcessId && (ReadInt32LittleEndian(record[64..]) & PROT_WRITE) != 0)
                {
                    events.Mapped.Add(((ReadUInt32LittleEndian(record[40..]), ReadUInt32LittleEndian(record[44..])), ReadUInt64LittleEndian(record[48..])));
                }

                break;
            case PERF_RECORD_SAMPLE:
                // { pid, tid }
                events.Duplicating.Add(ReadInt32LittleEndian(record[8..]));
                break;
            case PERF_RECORD_EXIT:
            case PERF_RECORD_UNTHROTTLE:
                break;
            default:
                // Lost or throttled; what is not known may say the same.
                events.IsIncomplete = true;
                break;
        }
    }
}
