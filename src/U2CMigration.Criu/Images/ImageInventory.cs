using System.Buffers;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>What a set of images is; the file <c>inventory.img</c>.</summary>
public sealed class ImageInventory
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "inventory.img";

    private readonly InventoryEntry _entry;

    private ImageInventory(InventoryEntry entry) => _entry = entry;

    /// <summary>The version of the image format; 2 in everything that can be restored, 0 after a pre-dump.</summary>
    public int ImageVersion => (int)_entry.ImgVersion;

    /// <summary>When the dump was taken, on the clock of <c>/proc/uptime</c>; zero when it is not said.</summary>
    public TimeSpan DumpUptime => TimeSpan.FromMicroseconds(_entry.DumpUptime);

    /// <summary>The id of the run of CRIU that made the dump; it names the nftables table of the network lock. Empty in older images.</summary>
    public string DumpRunId => _entry.DumpCriuRunId;

    /// <summary>Makes an inventory that says only when a round of memory was taken, as a pre-dump leaves it: enough for a parent directory.</summary>
    /// <param name="dumpUptime">The moment before the last change tracking began, on the clock of <c>/proc/uptime</c>.</param>
    /// <returns>The inventory.</returns>
    public static ImageInventory ForParent(TimeSpan dumpUptime) => new(new InventoryEntry { ImgVersion = 0, DumpUptime = Microseconds(dumpUptime) });

    /// <summary>Reads an inventory.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The inventory.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static ImageInventory Read(string path)
    {
        ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Inventory);
        entries.ReadRequired();
        InventoryEntry entry = ImageBytes.Parse(path, entries, InventoryEntry.Parser);
        return entry.DumpUptime <= Microseconds(TimeSpan.MaxValue)
            ? new ImageInventory(entry)
            : throw ImageError.At(path, entries.Offset, $"a dump {entry.DumpUptime} microseconds after the start of the host cannot be");
    }

    /// <summary>Writes the inventory, with everything in it that this version does not know.</summary>
    /// <param name="path">The file; it is replaced as a whole.</param>
    public void Write(string path)
    {
        var writer = new ArrayBufferWriter<byte>();
        ImageBytes.WriteMagic(writer, ImageMagic.Inventory);
        ImageBytes.WriteEntry(writer, _entry);
        ImageBytes.Replace(path, writer.WrittenSpan);
    }

    /// <summary>The same inventory with another time of the dump.</summary>
    /// <param name="dumpUptime">The time, on the clock of <c>/proc/uptime</c>.</param>
    /// <returns>A copy.</returns>
    public ImageInventory WithDumpUptime(TimeSpan dumpUptime)
    {
        InventoryEntry entry = _entry.Clone();
        entry.DumpUptime = Microseconds(dumpUptime);
        return new ImageInventory(entry);
    }

    private static ulong Microseconds(TimeSpan time) => (ulong)(time.Ticks / TimeSpan.TicksPerMicrosecond);
}
