using System.Buffers.Text;
using U2CMigration.Criu.Images;

namespace U2CMigration.Core.Destination;

/// <summary>Lets address space that a workload only reserves be restored lazily, however large it is.</summary>
internal static class Reservations
{
    /// <summary>Marks what the kernel of this host would refuse to map otherwise.</summary>
    /// <exception cref="Criu.CriuException">An image is damaged.</exception>
    public static void Mark(ImageDirectory images)
    {
        long limit = Limit(File.ReadAllBytes("/proc/meminfo"));
        foreach (int processId in images.ProcessesWithPagemap())
        {
            ReservedMemory.Mark(images, processId, limit);
        }
    }

    /// <summary>Memory and swap of a host, in bytes, by the lines <c>MemTotal:  12345 kB</c> and <c>SwapTotal:  12345 kB</c> of proc_meminfo(5); none of what is not there.</summary>
    internal static long Limit(ReadOnlySpan<byte> meminfo) => Field(meminfo, "MemTotal:"u8) + Field(meminfo, "SwapTotal:"u8);

    private static long Field(ReadOnlySpan<byte> meminfo, ReadOnlySpan<byte> name)
    {
        int at = meminfo.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(meminfo[(at + name.Length)..].TrimStart((byte)' '), out long kibibytes, out _) ? kibibytes * 1024 : 0;
    }
}
