using System.Buffers;
using Google.Protobuf;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images;

/// <summary>Writes images as CRIU does, for the readers to be tested against.</summary>
internal static class ImageSet
{
    // With the bit of an ordinary mapping, which CRIU sets for each of them.
    public const int Regular = 1 << 0;
    public const int FilePrivate = Regular | (1 << 6);
    public const int AnonymousShared = Regular | (1 << 8);
    public const int AnonymousPrivate = Regular | (1 << 9);
    public const int MemoryFile = 1 << 14;

    public static void Write(string path, uint[] magics, params IMessage[] entries)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (uint magic in magics)
        {
            ImageBytes.WriteMagic(writer, magic);
        }

        foreach (IMessage entry in entries)
        {
            ImageBytes.WriteEntry(writer, entry);
        }

        File.WriteAllBytes(path, writer.WrittenSpan.ToArray());
    }

    public static void WriteTree(string path, params int[] processIds) => Write(
        path,
        [ImageMagic.Common, ImageMagic.Pstree],
        [.. processIds.Select(id => (IMessage)new PstreeEntry { Pid = (uint)id, Ppid = 0, Pgid = (uint)id, Sid = (uint)id, Threads = { (uint)id } })]);

    public static void WriteMemory(string path, params VmaEntry[] areas)
    {
        var memory = new MmEntry();
        memory.Vmas.AddRange(areas);
        Write(path, [ImageMagic.Common, ImageMagic.Memory], memory);
    }

    public static VmaEntry Area(ulong start, ulong pages, uint status, ulong sharedMemoryId = 0, uint flags = 0) =>
        new() { Start = start, End = start + (pages * 4096), Pgoff = 0, Shmid = sharedMemoryId, Prot = 3, Flags = flags, Status = status, Fd = -1 };
}
