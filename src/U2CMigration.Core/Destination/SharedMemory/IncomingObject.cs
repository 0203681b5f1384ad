using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Interop;
using U2CMigration.Criu.Images;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination.SharedMemory;

/// <summary>Shared memory of the workload as it will be here: a file in memory, filled while pages arrive, which the restored processes get as it is.</summary>
internal sealed class IncomingObject : IDisposable
{
    private const int MostNameBytes = 249;

    private readonly MemoryName? _name;

    private IncomingObject(SharedObjectEntry entry, SafeFileHandle file, MemoryName? name) => (Entry, File, _name) = (entry, file, name);

    /// <summary>What it is to be like.</summary>
    public SharedObjectEntry Entry { get; set; }

    public SafeFileHandle File { get; }

    /// <summary>Whether it is handed to the restore; what has a name is found by that.</summary>
    public bool IsHandedOver => Entry.Kind != SharedObjectEntryKind.NamedFile;

    /// <summary>What the images call it when it is handed over, or its path.</summary>
    public string Key => !IsHandedOver ? Entry.Name : Entry.Key.Length > 0 ? Entry.Key : MemoryFileImages.KeyOf(Entry.Inode);

    /// <exception cref="PageStores.PageStoreException">The kernel gave none.</exception>
    /// <exception cref="RestoreRefusedException">Its name is not to be had here.</exception>
    public static IncomingObject Create(SharedObjectEntry entry)
    {
        // Where both hosts are one, the file is here already, and what comes is not needed.
        bool isHere = entry.Kind == SharedObjectEntryKind.NamedFile && entry.Key.Length > 0 && FileIdentity.Of(entry.Name) == entry.Key;
        if (!isHere && entry.Kind is (SharedObjectEntryKind.NamedFile or SharedObjectEntryKind.DeletedFile))
        {
            MemoryName name = MemoryName.Reserve(entry.Name, isDeleted: entry.Kind == SharedObjectEntryKind.DeletedFile, out SafeFileHandle made);
            return new IncomingObject(entry, made, name);
        }

        byte[] text = Encoding.UTF8.GetBytes(isHere ? "unused" : entry.Name);
        return new IncomingObject(entry, Memfd.CreateSealable([.. text.AsSpan(0, Math.Min(text.Length, MostNameBytes)), 0]), null);
    }

    /// <summary>Gives it the owner that the object has at the source, and the name if it has one. Its length is right already, as CRIU compares it.</summary>
    public void BeginRestore()
    {
        Memfd.SetOwner(File, Entry.UserId, Entry.GroupId, Entry.Mode);
        _name?.Take();
    }

    /// <summary>Forbids what is forbidden at the source. Last of all, as it would refuse the mappings of a restore too, and nobody may write to it through the page store any more.</summary>
    public void Seal()
    {
        if (Entry.Seals != 0 && Entry.Kind is (SharedObjectEntryKind.Anonymous or SharedObjectEntryKind.MemoryFile))
        {
            Memfd.Seal(File, Entry.Seals);
        }
    }

    /// <summary>Called when the workload runs: what it has replaced is gone for good.</summary>
    public void Keep() => _name?.Keep();

    public void Dispose()
    {
        _name?.Dispose();
        File.Dispose();
    }
}
