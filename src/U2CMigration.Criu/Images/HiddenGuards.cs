using U2CMigration.Criu.Protobuf.Images;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.Images;

/// <summary>Completes images whose processes were hidden from CRIU by their guard regions (MADV_GUARD_INSTALL, Linux 6.13), which it would have found in the page map.</summary>
public static class HiddenGuards
{
    private const uint GuardStatus = 1u << 16;

    /// <summary>The first release that dumps and restores guard regions.</summary>
    public static CriuVersion Known { get; } = new(4, 2);

    /// <summary>Adds guard regions to the mappings of a process.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="regions">First address and the one after the last, ascending, in bytes.</param>
    /// <exception cref="CriuException">A file is damaged or missing.</exception>
    public static void Add(ImageDirectory directory, int processId, IReadOnlyCollection<(ulong Start, ulong End)> regions)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(regions);
        if (regions.Count == 0)
        {
            return;
        }

        MemoryImage image = MemoryImage.Read(directory.PathOf(ImageDirectory.MemoryName(processId)));
        foreach ((ulong start, ulong end) in regions)
        {
            // As CRIU writes them: after all mappings, although they lie inside of them.
            image.Entry.Vmas.Add(new VmaEntry { Start = start, End = end, Pgoff = 0, Shmid = 0, Prot = 0, Flags = 0, Status = GuardStatus, Fd = -1 });
        }

        image.Write();
    }
}
