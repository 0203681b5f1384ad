using System.Buffers;
using System.IO.Hashing;
using Google.Protobuf;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>What an honest source says, with the images of a small process.</summary>
internal static class HonestSource
{
    private const int ProcessId = 10009;
    private const ulong Address = 0x5555_0000;
    private const uint OfHost = 1;

    private static readonly Guid First = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    private static readonly Guid Second = new(2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    static HonestSource()
    {
        List<(string Name, byte[] Content)> images = [.. Images()];
        var before = new List<ScriptFrame>
        {
            ScriptFrame.Of(OfferOf(First)), ScriptFrame.Of(new Needs { Files = [new NeededFile("/usr/bin/svc", 0x81ed, 1)] }), ScriptFrame.Of(PageFrame()),
            ScriptFrame.Of(new RoundEnd(0, 1, 0)), ScriptFrame.Of(new Frozen(1, 4096)),
        };
        before.AddRange(images.Select(static image => ScriptFrame.Of(new ImageFile(image.Name, 0, image.Content.Length, image.Content))));
        before.Add(ScriptFrame.Of(new ImagesEnd(images.Count, [.. images.Select(static image => new ImageChecksum(image.Name, image.Content.Length, XxHash3.HashToUInt64(image.Content)))])));
        before.AddRange([ScriptFrame.Of(new RoundEnd(1, 0, 0)), ScriptFrame.Of(new CarriedState("{}"u8.ToArray(), IsLast: true)), ScriptFrame.Of(new Commit()), ScriptFrame.Of(new Released())]);
        Whole = before.Count;
        All =
        [
            .. before,
            ScriptFrame.Of(new Query(First)), ScriptFrame.Of(new Query(First) { AbortUnlessCommitted = true }), ScriptFrame.Of(new Query(Second)), ScriptFrame.Of(OfferOf(Second)),
            ScriptFrame.Of(new Needs { IsCheck = true }), ScriptFrame.Of(new Abort(AbortCode.Cancelled, "The caller has cancelled it.")), ScriptFrame.Of(new LocksReleased()),
            ScriptFrame.Of(new SharedObjectList([new SharedObjectEntry(ProtocolLimits.FirstObjectId, (SharedObjectEntryKind)2, 77, 8192, 0x180, 0, 0, 0, "file[memfd:77]", "cache")])),
            ScriptFrame.Of(new ObjectPages([new PageRun(ProtocolLimits.FirstObjectId, 0, 1)], IsLast: true)), ScriptFrame.Of(new PagesDropped([new PageRun(ProcessId, Address, 1)])),
            ScriptFrame.Of(new VerifyPages(ProcessId, Address, new ulong[] { 1 })), ScriptFrame.Of(new Ping(7)), ScriptFrame.Of(new Pong(7)), ScriptFrame.Of(new Accept()), ScriptFrame.Of(new Restored([])),
        ];
    }

    /// <summary>All frames; the first <see cref="Whole"/> of them are a migration.</summary>
    public static IReadOnlyList<ScriptFrame> All { get; }

    public static int Whole { get; }

    private static Offer OfferOf(Guid id) => new()
    {
        MigrationId = id, Name = "svc", Kernel = "Linux", CriuVersion = "4.2.1", TotalMemoryBytes = 4096, ProcessIds = [ProcessId], Options = OfferOptions.Lazy, Requirements = [Offer.PagesToPlace],
    };

    private static byte[] PageFrame()
    {
        var batch = new PageBatch();
        batch.Add(ProcessId, Address, 1).Fill(7);
        batch.Seal(null);
        return batch.Frame(0).ToArray();
    }

    private static IEnumerable<(string Name, byte[] Content)> Images()
    {
        yield return ("inventory.img", Of([ImageMagic.Inventory], new InventoryEntry { ImgVersion = 2, RootIds = Parts(OfHost).ToByteString() }));
        yield return ("pstree.img", Of([ImageMagic.Common, ImageMagic.Pstree], new PstreeEntry { Pid = ProcessId, Ppid = 0, Pgid = ProcessId, Sid = ProcessId, Threads = { ProcessId } }));
        yield return ($"ids-{ProcessId}.img", Of([ImageMagic.Common, ImageMagic.SharedParts], Parts(OfHost + 1)));
        yield return ($"core-{ProcessId}.img", Of([ImageMagic.Common, ImageMagic.Core], Core()));
        var area = new VmaEntry { Start = Address, End = Address + 4096, Pgoff = 0, Shmid = 0, Prot = 3, Flags = 0x22, Status = 1 | (1 << 9), Fd = -1 };
        yield return ($"mm-{ProcessId}.img", Of([ImageMagic.Common, ImageMagic.Memory], new MmEntry { ExeFileId = 1, Vmas = { area } }));
        yield return ($"pagemap-{ProcessId}.img", new Pagemap(1, [new PagemapEntry(Address, 1, PagePlaces.Lazy)]).ToBytes());
        yield return ("files.img", Of([ImageMagic.Common, ImageMagic.Files], new FileEntry { Type = 1, Id = 1, Reg = new RegFileEntry { Id = 1, Flags = 0, Pos = 0, Fown = ByteString.Empty, Name = "/usr/bin/svc" } }));
    }

    private static CoreEntry Core() => new()
    {
        Tc = new TaskCoreEntry { TaskState = 1, Comm = "svc" },
        ThreadCore = new ThreadCoreEntry
        {
            Creds = new CredentialsEntry
            {
                Uid = 1000, Euid = 1000, Suid = 1000, Fsuid = 1000, Gid = 1000, Egid = 1000, Sgid = 1000, Fsgid = 1000, Secbits = 0, CapInh = { 0, 0 }, CapPrm = { 0, 0 }, CapEff = { 0, 0 }, CapBnd = { 0, 0 },
            },
        },
    };

    private static SharedPartsEntry Parts(uint of) => new() { VmId = of, FilesId = of, FsId = of, SighandId = of, PidNsId = OfHost, NetNsId = OfHost, IpcNsId = OfHost, UtsNsId = OfHost, MntNsId = OfHost, UserNsId = OfHost };

    private static byte[] Of(uint[] magics, IMessage entry)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (uint magic in magics)
        {
            ImageBytes.WriteMagic(writer, magic);
        }

        ImageBytes.WriteEntry(writer, entry);
        return writer.WrittenSpan.ToArray();
    }
}
