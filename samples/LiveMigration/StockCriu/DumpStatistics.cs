using System.Buffers.Binary;

namespace LiveMigration.StockCriu;

/// <summary>What CRIU wrote about its dump: <c>stats-dump</c>, a service image with one <c>stats_entry</c> of <c>images/stats.proto</c>.</summary>
/// <param name="FreezingMicroseconds">Stopping all tasks.</param>
/// <param name="FrozenMicroseconds">From then on until they were killed.</param>
/// <param name="PagesWritten">Pages that went to the page server.</param>
/// <param name="PagesSkippedForParent">Pages that had not changed since the pre-dump before.</param>
public sealed record DumpStatistics(uint FreezingMicroseconds, uint FrozenMicroseconds, ulong PagesWritten, ulong PagesSkippedForParent)
{
    private const int HeaderBytes = 12;
    private const uint ServiceMagic = 0x55105940;
    private const uint StatisticsMagic = 0x57093306;
    private const int DumpField = 1;
    private const int FreezingField = 1;
    private const int FrozenField = 2;
    private const int PagesSkippedForParentField = 6;
    private const int PagesWrittenField = 7;

    public static DumpStatistics Parse(ReadOnlySpan<byte> image)
    {
        if (image.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(image) != ServiceMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(image[4..]) != StatisticsMagic)
        {
            throw new InvalidDataException("This is not a statistics file of CRIU.");
        }

        int size = BinaryPrimitives.ReadInt32LittleEndian(image[8..]);
        ReadOnlySpan<byte> entry = image.Slice(HeaderBytes, size);
        ulong tag = Varint(ref entry);
        if (tag != (DumpField << 3 | 2))
        {
            throw new InvalidDataException("The statistics are not those of a dump.");
        }

        ReadOnlySpan<byte> dump = entry[..(int)Varint(ref entry)];
        var statistics = new DumpStatistics(0, 0, 0, 0);
        while (dump.Length > 0)
        {
            int field = (int)(Varint(ref dump) >> 3);
            ulong value = Varint(ref dump);
            statistics = field switch
            {
                FreezingField => statistics with { FreezingMicroseconds = (uint)value },
                FrozenField => statistics with { FrozenMicroseconds = (uint)value },
                PagesSkippedForParentField => statistics with { PagesSkippedForParent = value },
                PagesWrittenField => statistics with { PagesWritten = value },
                _ => statistics,
            };
        }

        return statistics;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        int i = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[i++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        bytes = bytes[i..];
        return value;
    }
}
