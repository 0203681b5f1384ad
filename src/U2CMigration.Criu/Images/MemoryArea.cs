using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>A mapping of a dumped process.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The address behind its last.</param>
/// <param name="Kind">What is mapped.</param>
/// <param name="Protection">PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4.</param>
/// <param name="MapFlags">The flags of mmap(2).</param>
/// <param name="SharedMemoryId">The number of the shared memory or file; 0 for private anonymous memory.</param>
/// <param name="IsLocked">Its pages were locked into memory (MAP_LOCKED), which keeps CRIU from making them lazy.</param>
public readonly record struct MemoryArea(
    ulong Start,
    ulong End,
    MemoryKind Kind,
    int Protection,
    int MapFlags,
    ulong SharedMemoryId,
    bool IsLocked)
{
    private const uint MapPrivate = 0x02;
    private const uint MapDroppable = 0x08;
    private const uint MapAnonymous = 0x20;
    private const uint MapLocked = 0x2000;
    private const uint MapHuge = 0x40000;

    /// <summary>Bits by the numbers of the advice: MADV_DONTFORK, MADV_WIPEONFORK.</summary>
    private const ulong WithheldFromChildren = 1UL << 10 | 1UL << 18;

    private const int Regular = 0;
    private const int SystemCallPage = 2;
    private const int SystemCallLibrary = 3;
    private const int FilePrivate = 6;
    private const int FileShared = 7;
    private const int AnonymousShared = 8;
    private const int AnonymousPrivate = 9;
    private const int SystemV = 10;
    private const int KernelVariables = 12;
    private const int AsynchronousRing = 13;
    private const int MemoryFile = 14;
    private const int ShadowStack = 15;

    /// <summary>Its size.</summary>
    public long Bytes => (long)(End - Start);

    /// <summary>Where it begins in the file or shared memory, in bytes.</summary>
    public ulong FileOffset { get; init; }

    /// <summary>Whether the process has pages of its own there, which travel with it: decided as CRIU decides it, whatever else the mapping is, a memfd for example.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Whether the kernel may take its pages away at any time (MAP_DROPPABLE), so that CRIU leaves them out.</summary>
    public bool IsDroppable => (MapFlags & MapDroppable) != 0;

    /// <summary>Whether children do not get its pages (MADV_WIPEONFORK, MADV_DONTFORK): the kernel sees to that for pages that are there, so they have to be.</summary>
    public bool IsWithheldFromChildren { get; init; }

    /// <summary>Whether CRIU can restore it with its pages missing, and the process does not notice.</summary>
    public bool CanBeLazy =>
        Kind == MemoryKind.PrivateAnonymous && IsPrivate && !IsLocked && !IsWithheldFromChildren && (MapFlags & (MapAnonymous | MapPrivate)) == (MapAnonymous | MapPrivate);

    /// <summary>Reads the mappings of a process.</summary>
    /// <param name="path">The file, <c>mm-PID.img</c>.</param>
    /// <returns>The mappings, ascending.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static IReadOnlyList<MemoryArea> ReadAll(string path)
    {
        ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Memory);
        entries.ReadRequired();
        MmEntry entry = ImageBytes.Parse(path, entries, MmEntry.Parser);
        var areas = new List<MemoryArea>(entry.Vmas.Count);
        foreach (VmaEntry vma in entry.Vmas)
        {
            if (vma.End <= vma.Start)
            {
                throw ImageError.At(path, entries.Offset, $"a mapping ends at 0x{vma.End:x} and begins at 0x{vma.Start:x}");
            }

            areas.Add(new MemoryArea(vma.Start, vma.End, KindOf(vma), (int)vma.Prot, (int)vma.Flags, vma.Shmid, (vma.Flags & MapLocked) != 0)
            {
                FileOffset = vma.Pgoff,
                IsPrivate = HasPagesOfItsOwn(vma),
                IsWithheldFromChildren = (vma.Madv & WithheldFromChildren) != 0,
            });
        }

        return areas;
    }

    private static bool Has(VmaEntry vma, int bit) => (vma.Status & (1u << bit)) != 0;

    // The rings of asynchronous I/O count as private for CRIU too, but it takes them whole by itself, and for everybody else they are shared.
    private static bool HasPagesOfItsOwn(VmaEntry vma) =>
        (Has(vma, Regular) && (Has(vma, AnonymousPrivate) || Has(vma, FilePrivate))) || Has(vma, ShadowStack);

    private static MemoryKind KindOf(VmaEntry vma)
    {
        if ((vma.Flags & MapHuge) != 0)
        {
            return MemoryKind.HugePages;
        }

        // CRIU calls most of the kernel's own mappings anonymous as well.
        if (Has(vma, SystemCallPage) || Has(vma, SystemCallLibrary) || Has(vma, KernelVariables) || Has(vma, AsynchronousRing) || Has(vma, ShadowStack))
        {
            return MemoryKind.Special;
        }

        // A private view of a memfd, or of shared memory, is marked as both: what the process wrote there is its own.
        if (HasPagesOfItsOwn(vma))
        {
            return Has(vma, AnonymousPrivate) ? MemoryKind.PrivateAnonymous : MemoryKind.PrivateFile;
        }

        return Has(vma, MemoryFile) ? MemoryKind.MemoryFile
            : Has(vma, SystemV) ? MemoryKind.SystemV
            : Has(vma, AnonymousShared) ? MemoryKind.SharedAnonymous
            : Has(vma, FileShared) ? MemoryKind.SharedFile
            : MemoryKind.Special;
    }
}
