using System.Runtime.InteropServices;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Inventory;

/// <summary>Looks through the descriptors of all processes that do not belong to the workload for things that it has as well, or is connected to.</summary>
internal sealed class OutsideHolders
{
    private readonly HashSet<ulong> _pipes;
    private readonly HashSet<ulong> _sockets;
    private readonly HashSet<string> _events;
    private readonly HashSet<(ulong Device, ulong Inode)> _files;
    private readonly Dictionary<ulong, List<HeldDescriptor>> _byPipe = [];
    private readonly Dictionary<ulong, HeldDescriptor> _bySocket = [];
    private readonly Dictionary<string, HeldDescriptor> _byEvent = [];
    private readonly Dictionary<(ulong Device, ulong Inode), List<HeldDescriptor>> _byFile = [];

    /// <summary>Says what to look for.</summary>
    /// <param name="pipes">Inodes of pipes.</param>
    /// <param name="sockets">Inodes of sockets.</param>
    /// <param name="events">Numbers of event counters.</param>
    /// <param name="files">FIFOs and files in memory.</param>
    public OutsideHolders(HashSet<ulong> pipes, HashSet<ulong> sockets, HashSet<string> events, HashSet<(ulong Device, ulong Inode)> files) =>
        (_pipes, _sockets, _events, _files) = (pipes, sockets, events, files);

    /// <summary>Looks.</summary>
    /// <param name="processes">The processes outside.</param>
    public void Look(IEnumerable<int> processes)
    {
        if (_pipes.Count + _sockets.Count + _events.Count + _files.Count == 0)
        {
            return;
        }

        foreach (int processId in processes)
        {
            DescriptorTable.Visit(processId, Take);
        }
    }

    public IReadOnlyList<HeldDescriptor> OfPipe(ulong inode) => _byPipe.GetValueOrDefault(inode) ?? (IReadOnlyList<HeldDescriptor>)[];

    public HeldDescriptor? OfSocket(ulong inode) => _bySocket.TryGetValue(inode, out HeldDescriptor holder) ? holder : null;

    public HeldDescriptor? OfEvent(string number) => _byEvent.TryGetValue(number, out HeldDescriptor holder) ? holder : null;

    public IReadOnlyList<HeldDescriptor> OfFile((ulong Device, ulong Inode) file) => _byFile.GetValueOrDefault(file) ?? (IReadOnlyList<HeldDescriptor>)[];

    /// <summary>Names a process for people.</summary>
    public static string NameOf(int processId) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"process {processId} ({ProcessTree.TryReadStatus(processId)?.Name ?? "ended"})");

    private void Take(int processId, int number, ReadOnlySpan<byte> link)
    {
        if (HeldDescriptor.InodeIn(link, "pipe:["u8) is { } pipe)
        {
            if (_pipes.Contains(pipe))
            {
                Add(_byPipe, pipe, Make(processId, number, link));
            }
        }
        else if (HeldDescriptor.InodeIn(link, "socket:["u8) is { } socket)
        {
            if (_sockets.Contains(socket))
            {
                _bySocket.TryAdd(socket, Make(processId, number, link));
            }
        }
        else if (_events.Count > 0 && link.SequenceEqual("anon_inode:[eventfd]"u8))
        {
            HeldDescriptor held = Make(processId, number, link);
            if (held.Information("eventfd-id") is { } id && _events.Contains(id))
            {
                _byEvent.TryAdd(id, held);
            }
        }
        else if (_files.Count > 0 && link[0] == (byte)'/')
        {
            HeldDescriptor held = Make(processId, number, link);
            if (FileStatus.TryRead(held.Path) is { } status && _files.Contains((status.Device, status.Inode)) && !IsForTheCopy(processId, status))
            {
                Add(_byFile, (status.Device, status.Inode), held);
            }
        }
    }

    /// <summary>What this process has open of the workload's memory it has open to copy it.</summary>
    private static bool IsForTheCopy(int processId, FileStatus status) => processId == Environment.ProcessId && status.IsRegular;

    private static HeldDescriptor Make(int processId, int number, ReadOnlySpan<byte> link) => new(processId, number, System.Text.Encoding.UTF8.GetString(link));

    private static void Add<TKey>(Dictionary<TKey, List<HeldDescriptor>> lists, TKey key, HeldDescriptor held)
        where TKey : notnull
    {
        ref List<HeldDescriptor>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        (list ??= []).Add(held);
    }
}
