using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Core.Tests.Destination.Policy;

/// <summary>Images of one process, as CRIU writes them, to be changed by a test.</summary>
internal sealed class PolicyImages : IDisposable
{
    public const int ProcessId = 4711;

    private const uint HostNamespaces = 1;
    private const uint AnyMapping = 1;
    private const uint FilePrivate = 1 << 6;
    private const int Program = 1;

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public PolicyImages(params string[] programs)
    {
        Core = new CoreEntry { Tc = new TaskCoreEntry { TaskState = 1, Comm = "svc" }, ThreadCore = new ThreadCoreEntry { Creds = User(1000), SeccompMode = 2 } };
        foreach (string program in programs.Length == 0 ? ["/usr/bin/svc"] : programs)
        {
            Open(program, flags: 0);
        }
    }

    public CoreEntry Core { get; }

    public CredentialsEntry Credentials => Core.ThreadCore.Creds;

    public SharedPartsEntry Ids { get; } = Parts(2);

    public UserNamespaceEntry Users { get; } = new();

    public List<FileEntry> Files { get; } = [];

    /// <summary>Whether the tree is in a user namespace of its own.</summary>
    public bool HasOwnUsers { get; set; }

    public static CredentialsEntry User(uint id, ulong capabilities = 0) => new()
    {
        Uid = id, Euid = id, Suid = id, Fsuid = id, Gid = id, Egid = id, Sgid = id, Fsgid = id, Secbits = 0, NoNewPrivs = 1, Groups = { id },
        CapInh = { 0, 0 }, CapPrm = { (uint)capabilities, (uint)(capabilities >> 32) }, CapEff = { (uint)capabilities, (uint)(capabilities >> 32) }, CapBnd = { uint.MaxValue, 0x1ff },
    };

    public uint Open(string path, uint flags)
    {
        uint id = (uint)Files.Count + Program;
        Files.Add(new FileEntry { Type = 1, Id = id, Reg = new RegFileEntry { Id = id, Flags = flags, Pos = 0, Fown = ByteString.Empty, Name = path } });
        return id;
    }

    public ImageDirectory Write()
    {
        if (HasOwnUsers)
        {
            Ids.UserNsId = 9;
        }

        Write("inventory.img", [ImageMagic.Inventory], new InventoryEntry { ImgVersion = 2, RootIds = Parts(HostNamespaces).ToByteString() });
        Write("pstree.img", [ImageMagic.Common, ImageMagic.Pstree], new PstreeEntry { Pid = ProcessId, Ppid = 0, Pgid = ProcessId, Sid = ProcessId, Threads = { ProcessId } });
        Write($"ids-{ProcessId}.img", [ImageMagic.Common, ImageMagic.SharedParts], Ids);
        Write($"core-{ProcessId}.img", [ImageMagic.Common, ImageMagic.Core], Core);
        Write($"mm-{ProcessId}.img", [ImageMagic.Common, ImageMagic.Memory], new MmEntry { ExeFileId = Program, Vmas = { new VmaEntry { Start = 4096, End = 8192, Pgoff = 0, Shmid = Program, Prot = 5, Flags = 2, Status = AnyMapping | FilePrivate, Fd = -1 } } });
        Write("files.img", [ImageMagic.Common, ImageMagic.Files], [.. Files]);
        if (HasOwnUsers)
        {
            Write("userns-9.img", [ImageMagic.Common, ImageMagic.UserNamespace], Users);
        }

        return new ImageDirectory(_directory);
    }

    public void Write(string name, uint[] magics, params IMessage[] entries)
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

        File.WriteAllBytes(Path.Combine(_directory, name), writer.WrittenSpan);
    }

    /// <summary>Appends to an image what is in no message of ours.</summary>
    public void WriteCore(int thread, byte[] entry)
    {
        var writer = new ArrayBufferWriter<byte>();
        ImageBytes.WriteMagic(writer, ImageMagic.Common);
        ImageBytes.WriteMagic(writer, ImageMagic.Core);
        ImageBytes.WriteMagic(writer, (uint)entry.Length);
        writer.Write(entry);
        File.WriteAllBytes(Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"core-{thread}.img")), writer.WrittenSpan);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static SharedPartsEntry Parts(uint ofProcess) => new()
    {
        VmId = ofProcess, FilesId = ofProcess, FsId = ofProcess, SighandId = ofProcess, PidNsId = HostNamespaces, NetNsId = HostNamespaces, IpcNsId = HostNamespaces, UtsNsId = HostNamespaces, MntNsId = HostNamespaces, UserNsId = HostNamespaces,
    };
}
