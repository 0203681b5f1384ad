using U2CMigration.Core.Options;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Vocabulary;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Disturbance;

/// <summary>Images of a source that has offered something else: they are changed when they have arrived and were not looked at.</summary>
internal static class ImageLies
{
    private const string AnotherUser = "another-user";
    private const string AnotherFile = "another-file";
    private const int LastCapability = 40;

    /// <summary>A lie; null for another fault.</summary>
    public static MemoryFaults? Of(string name) => name switch
    {
        AnotherUser => new MemoryFaults { InImages = static images => ChangeCores(images, static core => core.ThreadCore.Creds.Suid = 4242) },
        "no-credentials" => new MemoryFaults { InImages = static images => ChangeCores(images, static core => core.ThreadCore.Creds = null) },
        AnotherFile => new MemoryFaults { InImages = AddFile },
        _ => null,
    };

    /// <summary>A policy that allows what was offered.</summary>
    public static RestorePolicy PolicyFor(string name) => name switch
    {
        AnotherUser => new RestorePolicy { UserIds = [new IdRange(0, 0)], FilePaths = ["/"], Capabilities = [.. Enumerable.Range(0, LastCapability + 1).Select(static number => CapabilityNames.Of(1UL << number))] },
        AnotherFile => new RestorePolicy { FilePaths = ["/work", "/usr", "/dev"] },
        _ => new RestorePolicy(),
    };

    private static void ChangeCores(ImageDirectory images, Action<CoreEntry> change)
    {
        foreach (string path in Directory.EnumerateFiles(images.Path, "core-*.img"))
        {
            List<CoreEntry> entries = EntryFile.Read(path, CoreEntry.Parser, ImageMagic.Common, ImageMagic.Core);
            entries.ForEach(change);
            EntryFile.Write(path, entries, ImageMagic.Common, ImageMagic.Core);
        }
    }

    private static void AddFile(ImageDirectory images)
    {
        List<FileEntry> files = FilesImage.Read(images);
        files.Add(new FileEntry { Type = 1, Id = 4242, Reg = new RegFileEntry { Id = 4242, Flags = 0, Pos = 0, Fown = Google.Protobuf.ByteString.Empty, Name = "/etc/shadow" } });
        FilesImage.Write(images, files);
    }
}
