using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>Makes reserved address space restorable where it is larger than the memory of the host.</summary>
/// <remarks>
/// A lazy restore maps every private area writable first, and the kernel's heuristic (vm.overcommit_memory 0) refuses a single one that is larger than memory and swap, as managed runtimes and databases reserve them.
/// With MAP_NORESERVE it is not counted. What it costs: the area shows "nr" in smaps for good, is not counted when parts of it become writable, and does not join with neighbours that are
/// counted; so only areas that cannot be written and are too large otherwise get it.
/// </remarks>
public static class ReservedMemory
{
    private const int Writable = 2;
    private const uint Private = 0x02;
    private const uint Anonymous = 0x20;
    private const uint NoReserve = 0x4000;

    /// <summary>Marks areas as not reserving memory.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="limit">The largest area that the kernel maps otherwise: memory and swap of this host, in bytes.</param>
    /// <returns>How many were marked.</returns>
    /// <exception cref="CriuException">A file is damaged or missing.</exception>
    public static int Mark(ImageDirectory directory, int processId, long limit)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        MemoryImage image = MemoryImage.Read(directory.PathOf(ImageDirectory.MemoryName(processId)));
        int marked = 0;
        foreach (VmaEntry area in image.Entry.Vmas)
        {
            if (IsTooLarge(area, limit))
            {
                area.Flags |= NoReserve;
                marked++;
            }
        }

        if (marked > 0)
        {
            image.Write();
        }

        return marked;
    }

    private static bool IsTooLarge(VmaEntry area, long limit) =>
        area.End - area.Start > (ulong)limit
        && (area.Prot & Writable) == 0
        && (area.Flags & (Private | Anonymous | NoReserve)) == (Private | Anonymous);
}
