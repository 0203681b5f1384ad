namespace U2CMigration.Criu.Images;

/// <summary>The kinds of mapped memory, as far as they matter for moving it.</summary>
public enum MemoryKind
{
    /// <summary>Private and without a file: heap, stacks, anonymous mappings. The only kind that can be lazy.</summary>
    PrivateAnonymous,

    /// <summary>A private mapping of a file; its changed pages are in the images.</summary>
    PrivateFile,

    /// <summary>A shared mapping of a file; its pages are in the file.</summary>
    SharedFile,

    /// <summary>Shared and without a file.</summary>
    SharedAnonymous,

    /// <summary>A memfd.</summary>
    MemoryFile,

    /// <summary>System V shared memory.</summary>
    SystemV,

    /// <summary>Huge pages of hugetlbfs, by mmap or memfd.</summary>
    HugePages,

    /// <summary>The kernel's own: vdso, vvar, vsyscall, asynchronous I/O rings, sockets, guard areas.</summary>
    Special,
}
