using System.Buffers;
using Google.Protobuf;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Fuzzing.Targets.Samples;

/// <summary>The kinds of images that are read, with the magic numbers that they begin with, and one of each as CRIU would write it.</summary>
internal static class ImageKinds
{
    public static IReadOnlyList<(string Name, uint[] Magics)> All { get; } =
    [
        ("inventory.img", [ImageMagic.Inventory]),
        ("pstree.img", [ImageMagic.Common, ImageMagic.Pstree]),
        ("mm-1.img", [ImageMagic.Common, ImageMagic.Memory]),
        ("core-1.img", [ImageMagic.Common, ImageMagic.Core]),
        ("pagemap-1.img", [ImageMagic.Common, ImageMagic.Pagemap]),
        ("pagemap-shmem-7.img", [ImageMagic.Common, ImageMagic.Pagemap]),
        ("files.img", [ImageMagic.Common, ImageMagic.Files]),
        ("remap-fpath.img", [ImageMagic.Common, ImageMagic.Remaps]),
        ("filelocks.img", [ImageMagic.Common, ImageMagic.FileLocks]),
        ("memfd.img", [ImageMagic.Common, ImageMagic.MemoryFiles]),
        ("fdinfo-2.img", [ImageMagic.Common, ImageMagic.Descriptors]),
        ("stats-dump", [ImageMagic.Service, ImageMagic.Statistics]),
        ("pages-1.img", []),
    ];

    public static IEnumerable<byte[]> Seeds()
    {
        byte[] tree = Of(1, new PstreeEntry { Pid = 1, Pgid = 1, Sid = 1, Threads = { 1 } });
        byte[] memory = Of(2, new MmEntry
        {
            Vmas =
            {
                new VmaEntry { Start = 0x10000, End = 0x14000, Prot = 3, Flags = 0x22, Status = 1 | (1 << 9), Fd = -1 },
                new VmaEntry { Start = 0x7fff_0000, End = 0x7fff_4000, Prot = 3, Flags = 0x22, Status = 1 | (1 << 9), Fd = -1 },
                new VmaEntry { Start = 0x8000_0000, End = 0x8000_1000, Prot = 3, Flags = 1, Status = 1 | (1 << 14), Shmid = 5, Fd = -1 },
            },
        });
        byte[] core = Of(3, new CoreEntry
        {
            Tc = new TaskCoreEntry { Timers = new TaskTimersEntry { Real = new IntervalTimerEntry { Vsec = 3 } } },
            ThreadCore = new ThreadCoreEntry { RseqEntry = new SequenceEntry { RseqAbiPointer = 0x10020, RseqAbiSize = 32 } },
        });
        byte[] pages = [.. Piece(4, new Pagemap(1, [new PagemapEntry(0x10000, 1, PagePlaces.Present | PagePlaces.Lazy), new PagemapEntry(0x11000, 2, PagePlaces.Lazy)]).ToBytes().AsSpan(8)), .. Piece(12, new byte[4096])];
        byte[] files = Of(
            6,
            new FileEntry { Type = 1, Id = 3, Reg = new RegFileEntry { Id = 3, Name = "/srv/a (deleted)" } },
            new FileEntry { Type = 18, Id = 5, Memfd = new MemfdFileEntry { Id = 5, InodeId = 9 } },
            new FileEntry { Id = 6, Isk = new InetSocketEntry { Id = 6, Family = 2, Proto = 6, State = 1, SrcPort = 80, DstPort = 81, SrcAddr = { 1 }, DstAddr = { 2 } } },
            new FileEntry { Id = 7, Usk = new UnixSocketEntry { Id = 7, Name = ByteString.CopyFromUtf8("/run/a\0") } },
            new FileEntry { Id = 8, Tfd = new TimerDescriptorEntry { Id = 8, Isec = 1, Ticks = 2, SettimeFlags = 3 } });
        byte[] others =
        [
            .. Of(0, new InventoryEntry { ImgVersion = 2, DumpUptime = 123456 }), .. Of(7, new RemapEntry { OrigId = 3, RemapId = 1, RemapType = 1 }),
            .. Of(8, new FileLockEntry { Flag = 1, Type = 1, Pid = 1, Fd = 3 }), .. Of(9, new MemfdInodeEntry { InodeId = 9, Shmid = 77 }),
            .. Of(10, new FdinfoEntry { Id = 5, Type = 18 }), .. Of(11, new StatsEntry { Dump = new DumpStatsEntry { PagesScanned = 5 } }),
        ];
        return [[.. tree, .. memory, .. core], [.. tree, .. memory, .. pages], files, others, [.. tree, .. memory, .. core, .. pages, .. files, .. others]];
    }

    private static byte[] Of(byte kind, params IMessage[] entries)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (IMessage entry in entries)
        {
            ImageBytes.WriteEntry(writer, entry);
        }

        return Piece(kind, writer.WrittenSpan);
    }

    private static byte[] Piece(byte kind, ReadOnlySpan<byte> content) => [kind, .. Cursor.PieceOf(content)];
}
