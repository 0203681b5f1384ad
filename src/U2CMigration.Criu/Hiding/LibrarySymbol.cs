using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Hiding;

/// <summary>Finds a function of a library that a process has mapped, by the library's own table of symbols (ELF with 64 bits, little endian).</summary>
internal static class LibrarySymbol
{
    private const uint ElfMagic = 0x464c457f;
    private const byte Class64 = 2;
    private const int SectionOffsetField = 0x28;
    private const int SegmentOffsetField = 0x20;
    private const int SegmentBytes = 56;
    private const int SectionBytes = 64;
    private const int SymbolBytes = 24;
    private const uint DynamicSymbols = 11;
    private const uint LoadedSegment = 1;
    private const uint ExecutableSegment = 1;
    private const int MostBytes = 64 << 20;

    /// <summary>Where libraries that define a function have it, by the path that mappings show: offsets in the file. Read once for each.</summary>
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(string Path, string Inode, string Names), ulong[]> Known = new();

    /// <summary>The addresses at which a process has a function under any of some names; different ones, and none when it is in no library.</summary>
    /// <exception cref="IOException">The process is gone.</exception>
    internal static ulong[] AddressesOf(int processId, params string[] names)
    {
        var found = new List<ulong>();
        foreach (string line in File.ReadLines(ShadowProc.PathOf(processId, "maps")))
        {
            // Address, protection, offset, device, inode, path.
            string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 6 || fields[1].Length < 3 || fields[1][2] != 'x' || !fields[5].StartsWith('/'))
            {
                continue;
            }

            (ulong start, ulong end) = MappingsText.RangeOf(line);
            ulong offset = ulong.Parse(fields[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            string mapped = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/map_files/{start:x}-{end:x}");
            ulong[] offsets = Known.GetOrAdd((fields[5], fields[4], string.Join(' ', names)), key => OffsetsIn(mapped, names));
            found.AddRange(offsets.Where(at => at >= offset && at - offset < end - start).Select(at => start + (at - offset)));
        }

        return [.. found.Distinct()];
    }

    /// <summary>Where a library has functions of some names; none where it is no such library.</summary>
    internal static ulong[] OffsetsIn(ReadOnlySpan<byte> file, IReadOnlyCollection<string> names)
    {
        if (file.Length < 64 || BinaryPrimitives.ReadUInt32LittleEndian(file) != ElfMagic || file[4] != Class64)
        {
            return [];
        }

        var found = new HashSet<ulong>();
        int sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(file[SectionOffsetField..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[0x3c..]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> section = file.Slice(sections + (i * SectionBytes), SectionBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) == DynamicSymbols)
            {
                int link = (int)BinaryPrimitives.ReadUInt32LittleEndian(section[40..]);
                ReadOnlySpan<byte> texts = Content(file, file.Slice(sections + (link * SectionBytes), SectionBytes));
                foreach (ulong value in Values(Content(file, section), texts, names))
                {
                    if (OffsetOf(file, value) is { } offset)
                    {
                        found.Add(offset);
                    }
                }
            }
        }

        return [.. found];
    }

    private static ulong[] OffsetsIn(string path, IReadOnlyCollection<string> names)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(file);
            if (length > MostBytes)
            {
                return [];
            }

            byte[] bytes = new byte[length];
            int read = RandomAccess.Read(file, bytes, 0);
            return OffsetsIn(bytes.AsSpan(0, read), names);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // Not a library that we understand.
            return [];
        }
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file, ReadOnlySpan<byte> section) =>
        file.Slice((int)BinaryPrimitives.ReadUInt64LittleEndian(section[24..]), (int)BinaryPrimitives.ReadUInt64LittleEndian(section[32..]));

    private static List<ulong> Values(ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> texts, IReadOnlyCollection<string> names)
    {
        var values = new List<ulong>();
        byte[][] wanted = [.. names.Select(static name => Encoding.ASCII.GetBytes(name + "\0"))];
        for (; symbols.Length >= SymbolBytes; symbols = symbols[SymbolBytes..])
        {
            int name = (int)BinaryPrimitives.ReadUInt32LittleEndian(symbols);
            ushort section = BinaryPrimitives.ReadUInt16LittleEndian(symbols[6..]);
            if (section == 0 || name >= texts.Length)
            {
                continue;
            }

            foreach (byte[] text in wanted)
            {
                if (texts[name..].StartsWith(text))
                {
                    values.Add(BinaryPrimitives.ReadUInt64LittleEndian(symbols[8..]));
                }
            }
        }

        return values;
    }

    private static ulong? OffsetOf(ReadOnlySpan<byte> file, ulong value)
    {
        int segments = (int)BinaryPrimitives.ReadUInt64LittleEndian(file[SegmentOffsetField..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[0x38..]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> segment = file.Slice(segments + (i * SegmentBytes), SegmentBytes);
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(segment[16..]);
            ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(segment[32..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(segment) == LoadedSegment && (BinaryPrimitives.ReadUInt32LittleEndian(segment[4..]) & ExecutableSegment) != 0
                && value >= start && value - start < bytes)
            {
                return BinaryPrimitives.ReadUInt64LittleEndian(segment[8..]) + (value - start);
            }
        }

        return null;
    }
}
