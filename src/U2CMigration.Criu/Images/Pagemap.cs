using System.Buffers;
using System.Collections.Immutable;

namespace U2CMigration.Criu.Images;

/// <summary>Which pages of a process or of shared memory are where; a file <c>pagemap-PID.img</c> or <c>pagemap-shmem-ID.img</c>.</summary>
/// <param name="PagesId">The number of the pages file, <c>pages-ID.img</c>. It holds the pages of the present entries in their order.</param>
/// <param name="Entries">The entries, ascending and without overlap.</param>
public sealed record Pagemap(uint PagesId, ImmutableArray<PagemapEntry> Entries)
{
    /// <summary>The name of the pages file.</summary>
    public string PagesFileName => $"pages-{PagesId}.img";

    /// <summary>The number of pages in the pages file.</summary>
    public long PresentPages
    {
        get
        {
            long pages = 0;
            foreach (PagemapEntry entry in Entries)
            {
                pages += entry.IsPresent ? entry.Pages : 0;
            }

            return pages;
        }
    }

    /// <summary>Reads a pagemap of any CRIU from 3.12 on.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The pagemap.</returns>
    /// <exception cref="CriuException">The file is damaged, or of a CRIU that stores pages in a way this version does not know.</exception>
    public static Pagemap Read(string path) => Parse(path, ImageBytes.Read(path));

    /// <summary>Writes the pagemap so that every CRIU from 3.12 on understands it: the page counts stand in the old and in the new field.</summary>
    /// <param name="path">The file; it is replaced as a whole.</param>
    public void Write(string path) => ImageBytes.Replace(path, ToBytes());

    internal static Pagemap Parse(string path, ReadOnlySpan<byte> bytes)
    {
        ImageEntries entries = ImageEntries.Open(path, bytes, ImageMagic.Common, ImageMagic.Pagemap);
        entries.ReadRequired();
        uint pagesId = PagemapCodec.ReadHead(path, entries);

        // The smallest entry takes 8 bytes, so this bounds the number of entries by the file that is there.
        var list = ImmutableArray.CreateBuilder<PagemapEntry>(Math.Min(bytes.Length / 8, 1 << 16));
        ulong end = 0;
        while (entries.Read())
        {
            PagemapEntry entry = PagemapCodec.ReadEntry(path, entries);
            if (entry.Address < end)
            {
                throw ImageError.At(path, entries.Offset, $"the pages at 0x{entry.Address:x} begin before the end of those before them");
            }

            end = entry.Address + ((ulong)entry.Pages * (ulong)Environment.SystemPageSize);
            list.Add(entry);
        }

        return new Pagemap(pagesId, list.DrainToImmutable());
    }

    internal byte[] ToBytes()
    {
        var writer = new ArrayBufferWriter<byte>(32 + (Entries.Length * PagemapCodec.MaxEntryBytes));
        ImageBytes.WriteMagic(writer, ImageMagic.Common);
        ImageBytes.WriteMagic(writer, ImageMagic.Pagemap);
        PagemapCodec.WriteHead(writer, PagesId);
        foreach (PagemapEntry entry in Entries)
        {
            PagemapCodec.WriteEntry(writer, entry);
        }

        return writer.WrittenSpan.ToArray();
    }
}
