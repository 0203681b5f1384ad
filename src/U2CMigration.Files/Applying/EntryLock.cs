using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Applying;

/// <summary>The flags of chattr(1), which keep also root from changing a file. They are taken off for a change, and set again with the metadata that follows every change.</summary>
internal static class EntryLock
{
    private const uint Immutable = 0x10;
    private const uint AppendOnly = 0x20;
    private const uint NoDump = 0x40;
    private const uint All = Immutable | AppendOnly | NoDump;

    /// <summary>Lets an entry, and the names in its directory, be changed.</summary>
    /// <returns>Whether anything was in the way.</returns>
    public static bool Open(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        bool opened = TryClear(directory);
        if (FileCalls.Open(directory, name, FileCalls.O_PATH | FileCalls.O_NOFOLLOW, 0, FileCalls.Beneath, out SafeFileHandle place) != 0)
        {
            return opened;
        }

        using (place)
        {
            // Only these have flags, and opening others could do something.
            if (FileCalls.Status(place, out FileCalls.StatX status) == 0 && FileStamp.Of(status).Type is EntryType.RegularFile or EntryType.Directory
                && FileCalls.Reopen(place, FileCalls.O_NONBLOCK, out SafeFileHandle entry) == 0)
            {
                using (entry)
                {
                    opened |= TryClear(entry);
                }
            }
        }

        return opened;
    }

    /// <summary>Lets an open file or directory be changed.</summary>
    /// <returns>Whether anything was in the way.</returns>
    public static bool TryClear(SafeFileHandle file) =>
        FileCalls.GetFlags(file, out uint flags) == 0 && (flags & (Immutable | AppendOnly)) != 0 && FileCalls.SetFlags(file, flags & ~(Immutable | AppendOnly)) == 0;

    /// <summary>Sets the flags of an open file or directory.</summary>
    /// <returns>0 or the errno.</returns>
    public static int Set(SafeFileHandle file, EntryFlags wanted)
    {
        int error = FileCalls.GetFlags(file, out uint flags);
        if (error != 0)
        {
            // A file system without flags has none to take off.
            return wanted == EntryFlags.None ? 0 : error;
        }

        uint value = flags & ~All;
        value |= (wanted & EntryFlags.Immutable) != 0 ? Immutable : 0;
        value |= (wanted & EntryFlags.AppendOnly) != 0 ? AppendOnly : 0;
        value |= (wanted & EntryFlags.NoDump) != 0 ? NoDump : 0;
        return value == flags ? 0 : FileCalls.SetFlags(file, value);
    }
}
