using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Applying;

/// <summary>A tree of the destination: its root, the place that records are about, and what is kept for further names.</summary>
internal sealed class TargetTree : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly byte[] _staging = NameBytes.WithZero(Encoding.ASCII.GetBytes($".u2c-files-{Random.Shared.NextInt64():x16}"));
    private readonly HashSet<uint> _kept = [];
    private SafeFileHandle? _stagingHandle;
    private FileStamp _before;

    public TargetTree(FileTreeTarget target)
    {
        Target = target;
        _handle = RootDirectory.Open(target.Name, target.Path, target.InsideOf);
        Place = new DirectoryStack(_handle);
    }

    public FileTreeTarget Target { get; }

    public SafeFileHandle Handle => _handle;

    /// <summary>The directory that records are about.</summary>
    public DirectoryStack Place { get; }

    /// <summary>Whether a round has written into it.</summary>
    public bool IsBegun { get; private set; }

    public int KeptCount => _kept.Count;

    /// <summary>Makes sure before the first round that nothing else is in it.</summary>
    public void Begin()
    {
        if (IsBegun)
        {
            return;
        }

        if (Target.Kind == FileTreeKind.Directory && !TreeRemoval.IsEmpty(_handle))
        {
            if (Target.Existing == ExistingEntries.Refuse)
            {
                throw new FileTreeException($"The directory for the tree '{Target.Name}' ({Target.Path}) is not empty. Empty it, or set Existing to Replace to have its entries removed.");
            }

            Empty();
        }

        IsBegun = true;
    }

    /// <summary>Takes everything out of it.</summary>
    public void Empty()
    {
        int error = TreeRemoval.Empty(_handle);
        if (error != 0)
        {
            throw Failures.Of(error, $"The directory for the tree '{Target.Name}' ({Target.Path}) cannot be emptied", error is Errno.EBUSY or Errno.EXDEV ? "Something is mounted in it; unmount that first." : null);
        }

        IsBegun = false;
    }

    /// <summary>Keeps what has a name in the place under a number.</summary>
    /// <returns>0 or the errno.</returns>
    public int Keep(SafeFileHandle directory, byte[] name, uint number)
    {
        if (!_kept.Add(number))
        {
            throw new FileTreeProtocolException("a number that keeps nothing yet", $"{number} again");
        }

        int error = 0;
        if (_stagingHandle is null)
        {
            error = FileCalls.Status(_handle, out FileCalls.StatX before);
            _before = FileStamp.Of(before);
            error = error != 0 ? error : FileCalls.MakeDirectory(_handle, _staging, 0x1c0);
            error = error == Errno.EPERM && EntryLock.TryClear(_handle) ? FileCalls.MakeDirectory(_handle, _staging, 0x1c0) : error;
            error = error != 0 ? error : FileCalls.Open(_handle, _staging, FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW, 0, FileCalls.Beneath, out _stagingHandle);
        }

        error = error != 0 ? error : FileCalls.MakeLink(directory, name, _stagingHandle!, NameOf(number));
        return error == Errno.EPERM && EntryLock.Open(directory, name) ? FileCalls.MakeLink(directory, name, _stagingHandle!, NameOf(number)) : error;
    }

    /// <summary>Gives what is kept a name in the place, which must be free.</summary>
    /// <returns>0 or the errno.</returns>
    public int Link(uint number, SafeFileHandle directory, byte[] name)
    {
        if (!_kept.Contains(number))
        {
            throw new FileTreeProtocolException("a number under which something is kept", $"{number}");
        }

        int error = FileCalls.MakeLink(_stagingHandle!, NameOf(number), directory, name);
        bool mayBeLocked = error == Errno.EPERM && (EntryLock.Open(_stagingHandle!, NameOf(number)) | EntryLock.TryClear(directory));
        return mayBeLocked ? FileCalls.MakeLink(_stagingHandle!, NameOf(number), directory, name) : error;
    }

    /// <summary>Nothing is kept any more. The root is as it was before, and gets its metadata if more has changed in it.</summary>
    public void Release()
    {
        _kept.Clear();
        if (_stagingHandle is null)
        {
            return;
        }

        _stagingHandle.Dispose();
        _stagingHandle = null;
        int error = TreeRemoval.Remove(_handle, _staging);
        error = error != 0 ? error : FileCalls.SetModified(_handle, NameBytes.Self, _before.Modified.Seconds, _before.Modified.Nanoseconds);
        error = error != 0 ? error : EntryLock.Set(_handle, _before.CarriedFlags);
        if (error != 0)
        {
            throw Failures.Of(error, $"In the tree '{Target.Name}' the directory {NameBytes.Show(NameBytes.WithoutZero(_staging))}, which held files for further names, cannot be removed");
        }
    }

    /// <summary>The round is over for it.</summary>
    public void Finish()
    {
        Place.Clear();
        Release();
    }

    /// <summary>The path of a name in the place, for people.</summary>
    public string Show(ReadOnlySpan<byte> name) => $"{Place.Show()}/{NameBytes.Show(NameBytes.WithoutZero(name))} in the tree '{Target.Name}'";

    public void Dispose()
    {
        if (_stagingHandle is not null)
        {
            // After an error in a round: what was kept has no other use.
            _stagingHandle.Dispose();
            _ = TreeRemoval.Remove(_handle, _staging);
        }

        Place.Dispose();
        _handle.Dispose();
    }

    private static byte[] NameOf(uint number) => NameBytes.WithZero(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
}
