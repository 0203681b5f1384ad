using System.Buffers;
using System.Buffers.Binary;

namespace U2CMigration.Criu.Images;

/// <summary>Reads and writes the entries of a pagemap without a message object for each: there can be hundreds of thousands, and they are read while tasks are stopped.</summary>
internal static class PagemapCodec
{
    /// <summary>Size, address (1 + 10), old count (1 + 5), flags (1 + 1), new count (1 + 10).</summary>
    internal const int MaxEntryBytes = 4 + 11 + 6 + 2 + 11;

    private const int VarintField = 0;
    private const int PagesIdKey = 1 << 3;
    private const int AddressKey = 1 << 3;
    private const int OldCountKey = 2 << 3;
    private const int InParentKey = 3 << 3;
    private const int PlacesKey = 4 << 3;
    private const int CountKey = 5 << 3;
    private const PagePlaces KnownPlaces = PagePlaces.Parent | PagePlaces.Lazy | PagePlaces.Present;

    internal static uint ReadHead(string path, in ImageEntries entry)
    {
        ReadOnlySpan<byte> rest = entry.Current;
        ulong? pagesId = null;
        while (TryReadField(path, entry, ref rest, out ulong key, out ulong value))
        {
            pagesId = key == PagesIdKey && value <= uint.MaxValue ? value : throw Unknown(path, entry, key);
        }

        return (uint)(pagesId ?? throw ImageError.At(path, entry.Offset, "the number of the pages file is missing"));
    }

    internal static PagemapEntry ReadEntry(string path, in ImageEntries entry)
    {
        ReadOnlySpan<byte> rest = entry.Current;
        ulong? address = null, count = null, places = null;
        ulong oldCount = 0;
        bool inParent = false;
        while (TryReadField(path, entry, ref rest, out ulong key, out ulong value))
        {
            switch (key)
            {
                case AddressKey: address = value; break;
                case OldCountKey: oldCount = value; break;
                case InParentKey: inParent = value != 0; break;
                case PlacesKey: places = value; break;
                case CountKey: count = value; break;
                default: throw Unknown(path, entry, key);
            }
        }

        // The order of these rules is CRIU's: an old flag wins, no flags at all mean that the pages are there.
        ulong where = inParent ? (ulong)PagePlaces.Parent : places ?? (ulong)PagePlaces.Present;
        return Checked(path, entry, address, count ?? oldCount, where);
    }

    internal static void WriteHead(IBufferWriter<byte> writer, uint pagesId)
    {
        Span<byte> span = writer.GetSpan(MaxEntryBytes);
        int length = WriteField(span, sizeof(uint), PagesIdKey, pagesId);
        BinaryPrimitives.WriteUInt32LittleEndian(span, (uint)(length - sizeof(uint)));
        writer.Advance(length);
    }

    internal static void WriteEntry(IBufferWriter<byte> writer, in PagemapEntry entry)
    {
        Span<byte> span = writer.GetSpan(MaxEntryBytes);
        int length = WriteField(span, sizeof(uint), AddressKey, entry.Address);
        length = WriteField(span, length, OldCountKey, checked((uint)entry.Pages));
        length = WriteField(span, length, PlacesKey, (ulong)entry.Places);
        length = WriteField(span, length, CountKey, (ulong)entry.Pages);
        BinaryPrimitives.WriteUInt32LittleEndian(span, (uint)(length - sizeof(uint)));
        writer.Advance(length);
    }

    private static PagemapEntry Checked(string path, in ImageEntries entry, ulong? address, ulong count, ulong places)
    {
        ulong pageSize = (ulong)Environment.SystemPageSize;
        if (address is not ulong first || first % pageSize != 0)
        {
            throw ImageError.At(path, entry.Offset, $"the address 0x{address ?? 0:x} is missing or not at a page");
        }

        if (count == 0 || count > (ulong.MaxValue - first) / pageSize || count > int.MaxValue)
        {
            throw ImageError.At(path, entry.Offset, $"{count} pages at 0x{first:x} are not possible");
        }

        if ((places & ~(ulong)KnownPlaces) != 0)
        {
            throw ImageError.At(path, entry.Offset, $"the flags 0x{places:x} are not known; the images are of a newer CRIU");
        }

        return new PagemapEntry(first, (long)count, (PagePlaces)places);
    }

    // An unknown field may change what the known ones mean (compressed pages, for example), so it is refused rather than skipped.
    private static CriuException Unknown(string path, in ImageEntries entry, ulong key) =>
        ImageError.At(path, entry.Offset, $"the field {key >> 3} is not known; the images are of a newer CRIU");

    private static bool TryReadField(string path, in ImageEntries entry, ref ReadOnlySpan<byte> rest, out ulong key, out ulong value)
    {
        key = value = 0;
        if (rest.IsEmpty)
        {
            return false;
        }

        if (!TryReadVarint(ref rest, out key) || (key & 7) != VarintField || !TryReadVarint(ref rest, out value))
        {
            throw ImageError.At(path, entry.Offset, "an entry is cut off or has a field that is no number");
        }

        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (int index = 0; index < rest.Length && index < 10; index++)
        {
            value |= (ulong)(rest[index] & 0x7f) << (7 * index);
            if (rest[index] < 0x80)
            {
                rest = rest[(index + 1)..];
                return true;
            }
        }

        return false;
    }

    private static int WriteField(Span<byte> span, int position, byte key, ulong value)
    {
        span[position++] = key;
        while (value >= 0x80)
        {
            span[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[position++] = (byte)value;
        return position;
    }
}
