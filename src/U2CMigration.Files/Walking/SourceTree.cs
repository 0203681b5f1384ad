using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>A tree of the source with all that is remembered of it.</summary>
internal sealed class SourceTree : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly SafeFileHandle? _mergedHandle;

    public SourceTree(FileTreeRoot root)
    {
        Root = root;
        IsOverlay = root.Kind == FileTreeKind.OverlayUpper;
        Top = new Node([0], null) { Directory = new DirectoryState { Excluded = ExcludedNames.Of(root.Exclude) }, Type = EntryType.Directory };
        _handle = RootDirectory.Open(root.Name, root.Path, root.InsideOf);
        Cursor = new DirectoryCursor(Top, _handle);
        TrustsTimes = root.TrustsTimes ?? FileSystems.ShowWritesInTimes(_handle);
        Attributes = new AttributeReader(new AttributeRules(IsOverlay, root.UsesUserAttributes));
        MergedAttributes = new AttributeReader(new AttributeRules(isOverlay: false, usesUserAttributes: false));
        if (root.MergedPath is not null)
        {
            _mergedHandle = RootDirectory.Open(root.Name, root.MergedPath, null);
            Merged = new DirectoryCursor(Top, _mergedHandle);
        }
    }

    public FileTreeRoot Root { get; }

    public bool IsOverlay { get; }

    public Node Top { get; }

    /// <summary>Whether files that look the same are the same, unless they are mapped.</summary>
    public bool TrustsTimes { get; private set; }

    /// <summary>For entries of the tree itself.</summary>
    public AttributeReader Attributes { get; }

    /// <summary>For entries that are read through the whole overlay.</summary>
    public AttributeReader MergedAttributes { get; }

    public SafeFileHandle Handle => _handle;

    /// <summary>What the destination has, by inode.</summary>
    public Dictionary<ContentKey, FileContent> Contents { get; } = [];

    private DirectoryCursor Cursor { get; }

    private DirectoryCursor? Merged { get; }

    /// <summary>What is mapped is not known, so that any file may have been written to.</summary>
    public void DistrustTimes() => TrustsTimes = false;

    /// <summary>Opens a directory where its entries can be read; it belongs to the tree until the next call.</summary>
    /// <returns>0 or the errno.</returns>
    public int Open(Node directory, out SafeFileHandle opened) => directory.ReadsMerged ? OpenMerged(directory, out opened) : Cursor.Open(directory, out opened);

    /// <summary>Opens a directory as the container sees it.</summary>
    /// <returns>0 or the errno.</returns>
    public int OpenMerged(Node directory, out SafeFileHandle opened) =>
        Merged is not null ? Merged.Open(directory, out opened) : throw new FileTreeException(
            $"In the tree '{Root.Name}', {directory.Show()} has entries whose contents are in the image (the overlay is mounted with metacopy or redirect_dir). Set MergedPath to where the whole overlay can be read.");

    public bool HasMerged => Merged is not null;

    /// <summary>What an entry is as the container sees it; what it is in the upper folder, if that is not there any more.</summary>
    public unsafe FileStamp SeenMerged(Node node)
    {
        int error = OpenMerged(node.Parent!, out SafeFileHandle directory);
        FileCalls.StatX status = default;
        fixed (byte* name = node.Name)
        {
            error = error != 0 ? error : FileCalls.Status(directory, name, out status);
        }

        return error == 0 ? FileStamp.Of(status) : node.Now;
    }

    public AttributeReader AttributesOf(Node node) => node.ReadsMerged ? MergedAttributes : Attributes;

    /// <summary>For comparisons, which read the whole overlay where they can: as the container sees it.</summary>
    public AttributeReader ComparedAttributes => HasMerged ? MergedAttributes : Attributes;

    public FileTreeException Failed(int error, Node node, string what) => Failures.Of(error, $"In the tree '{Root.Name}', {node.Show()} cannot be {what}");

    public void Dispose()
    {
        Cursor.Dispose();
        Merged?.Dispose();
        _handle.Dispose();
        _mergedHandle?.Dispose();
    }
}
