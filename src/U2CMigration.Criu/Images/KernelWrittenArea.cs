using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>
/// Memory of a thread that the kernel writes by itself, with numbers of the processor on which the thread runs: its restartable sequence area, rseq(2). It holds something else as soon as the
/// thread is restored.
/// </summary>
/// <param name="Address">The first address.</param>
/// <param name="Bytes">Its length.</param>
public readonly record struct KernelWrittenArea(ulong Address, int Bytes)
{
    /// <summary>What was registered may be shorter than what the kernel writes, which is at least this.</summary>
    private const int LeastBytes = 32;

    /// <summary>Reads the areas of some threads.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="task">The process.</param>
    /// <returns>The areas of its threads; none for a thread that has registered none, or was dumped by a CRIU that does not know them.</returns>
    /// <exception cref="CriuException">A file is damaged or missing.</exception>
    internal static IReadOnlyList<KernelWrittenArea> ReadAll(ImageDirectory directory, ImageTask task)
    {
        var areas = new List<KernelWrittenArea>();
        if (directory.ReadMemoryAreas(task.ProcessId).Count == 0)
        {
            // A process that has ended and waits for its parent has no memory, and CRIU writes no sensible numbers for its threads.
            return areas;
        }

        foreach (int thread in task.Threads)
        {
            string path = directory.PathOf($"core-{thread}.img");
            ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Core);
            entries.ReadRequired();
            if (ImageBytes.Parse(path, entries, CoreEntry.Parser).ThreadCore?.RseqEntry is { RseqAbiPointer: not 0 } entry)
            {
                areas.Add(new KernelWrittenArea(entry.RseqAbiPointer, Math.Max(LeastBytes, (int)Math.Min(entry.RseqAbiSize, (uint)Environment.SystemPageSize))));
            }
        }

        return areas;
    }
}
