using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>Memory that several processes may share, mapped or open: one for all who have it. Its pages are those of a process with the number <see cref="Id"/>, at addresses that are offsets.</summary>
/// <remarks>The numbers lie above those that the kernel gives to processes. Reading and comparing may continue at the same time.</remarks>
public sealed class SharedObject : IDisposable
{
    /// <summary>The first number of an object. The kernel numbers processes up to 2^22.</summary>
    public const int FirstId = 1 << 30;

    private readonly SafeFileHandle _file;
    private readonly DeliveredContent _delivered = new();
    private ObjectState _state;

    internal SharedObject(int id, SharedObjectKind kind, string name, SafeFileHandle file, in ObjectState state)
    {
        Id = id;
        Kind = kind;
        Name = name;
        _file = file;
        _state = state;
        Comparison = new ObjectComparison(file, _delivered);
    }

    /// <summary>The number under which its pages are told.</summary>
    public int Id { get; }

    /// <summary>What it is.</summary>
    public SharedObjectKind Kind { get; }

    /// <summary>The name that a memory file was given; of anonymous memory, the one that the kernel shows; the path of other files, also of deleted ones.</summary>
    public string Name { get; }

    /// <summary>Its number in its file system.</summary>
    public ulong Inode => _state.Inode;

    /// <summary>The number of the mount through which it was found.</summary>
    public ulong Mount => _state.Mount;

    /// <summary>Its length in bytes, when it was looked at last.</summary>
    public long Size => _state.Size;

    /// <summary>The memory that it took then.</summary>
    public long AllocatedBytes => _state.AllocatedBytes;

    /// <summary>Its permissions.</summary>
    public uint Mode => _state.Mode;

    /// <summary>Its owner.</summary>
    public uint UserId => _state.UserId;

    /// <summary>Its group.</summary>
    public uint GroupId => _state.GroupId;

    /// <summary>What must not be done with it any more (F_SEAL_*).</summary>
    public uint Seals => _state.Seals;

    internal ((uint Major, uint Minor) Device, ulong Inode) Key => (_state.Device, _state.Inode);

    /// <summary>Whether it may have been written by call: somebody in the tree has, or had, a descriptor of it. Of anonymous memory no one ever has one.</summary>
    internal bool WasOpen { get; private set; }

    internal ObjectComparison Comparison { get; }

    /// <summary>What a comparison has to look at.</summary>
    internal SuspectPages Suspects { get; } = new();

    /// <summary>Begins a scan of its mappings: what was read since the last one is suspect only if it is found.</summary>
    internal void BeginScan() => Suspects.Remove(_delivered.TakeRead());

    /// <summary>Remembers that a descriptor was seen. One that is closed may have been handed on.</summary>
    internal void NoteOpen() => WasOpen = true;

    /// <summary>Ends a scan.</summary>
    internal void EndScan() => _delivered.EndScan();

    internal ObjectTimes Times => ObjectState.Of(_file).Times;

    /// <summary>Whether a number is that of an object.</summary>
    /// <param name="id">The number of a process or object.</param>
    public static bool IsObject(int id) => id >= FirstId;

    /// <summary>Whether a path leads to this object, by whatever name.</summary>
    /// <param name="path">For example <c>/proc/PID/fd/N</c>.</param>
    public bool IsAt(string path) => ObjectState.TryIdentify(path) == Key;

    /// <summary>Reads pages to be copied. A hole stays a hole.</summary>
    /// <param name="ranges">The pages, at offsets.</param>
    /// <param name="destination">Receives them; at least as long as all runs together.</param>
    /// <param name="unreadable">Cleared, then gets a bit for each page beyond the end.</param>
    /// <returns>The number of pages beyond the end.</returns>
    public int Read(ReadOnlySpan<PageRange> ranges, Span<byte> destination, PageBitmap unreadable)
    {
        unreadable.Clear();
        int page = 0;
        int missing = 0;
        foreach (PageRange range in ranges)
        {
            Span<byte> target = destination.Slice(page * PageSize.Bytes, (int)range.Bytes);
            int scan = _delivered.Begin(range);
            int read = ReadFully(_file, target, (long)range.Start);
            target[read..].Clear();
            int whole = (read + PageSize.Bytes - 1) >> PageSize.Shift;
            if (whole > 0)
            {
                _delivered.Complete(new PageRange(range.Start, range.Start + ((ulong)whole << PageSize.Shift)), target, scan);
            }

            for (int beyond = whole; beyond < range.Pages; beyond++, missing++)
            {
                unreadable.Set(page + beyond);
            }

            page += (int)range.Pages;
        }

        return missing;
    }

    /// <summary>The pages below its end of which the copy holds anything but zeros, as far as was told: <see cref="Read"/> says what is copied.</summary>
    /// <returns>The pages in ascending order.</returns>
    public IReadOnlyList<PageRange> CopiedPages() => _delivered.NotZero(Size);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Whether it still has the name, or still has none, as when it was found. A file that was deleted since is restored in another way.</summary>
    public bool IsAsFound => ObjectFinder.TryName(ObjectFinder.LinkOf(_file), out SharedObjectKind kind, out string name) && (kind, name) == (Kind, Name);

    /// <summary>Takes size and the like as they are now. What lies behind the end does not exist, also in the copy.</summary>
    internal void Refresh()
    {
        long before = Size;
        _state = ObjectState.Of(_file);
        if (Size < before)
        {
            _delivered.Cut(Size);
        }
    }

    /// <summary>Maps it into this process for looking; null when that is not possible.</summary>
    internal OwnMapping? TryMap() => OwnMapping.TryMap(_file, _delivered, Size);

    internal static int ReadFully(SafeFileHandle file, Span<byte> target, long offset)
    {
        int filled = 0;
        while (filled < target.Length)
        {
            int read = RandomAccess.Read(file, target[filled..], offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }
}
