using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Inventory;

/// <summary>One look at a workload and at what of it leads outside: what the checks work on.</summary>
internal sealed class WorkloadView
{
    private const string PipePrefix = "pipe:[";
    private const string SocketPrefix = "socket:[";
    private const ushort TypeMask = 0xf000;
    private const ushort Fifo = 0x1000;

    private readonly Dictionary<int, string> _names = [];
    private readonly Dictionary<ulong, HeldDescriptor> _sockets = [];

    private WorkloadView(IReadOnlyList<int> tree, InventoryOptions options) => (Tree, Options) = (tree, options);

    /// <summary>The processes, the root first.</summary>
    public IReadOnlyList<int> Tree { get; }

    public InventoryOptions Options { get; }

    public IReadOnlyList<HeldDescriptor> Descriptors { get; private set; } = [];

    public IReadOnlyList<NamedMapping> Mappings { get; private set; } = [];

    /// <summary>The sockets of the network namespace of the root.</summary>
    public SocketTable Sockets { get; private set; } = new();

    /// <summary>Files of descriptors that have a path.</summary>
    public IReadOnlyList<(HeldDescriptor Descriptor, FileStatus Status)> Files { get; private set; } = [];

    /// <summary>What processes outside have.</summary>
    public OutsideHolders Outside { get; private set; } = new([], [], [], []);

    /// <summary>The processes outside, as far as they can be seen from here.</summary>
    public IReadOnlyList<int> OutsideProcesses { get; private set; } = [];

    /// <summary>Event counters by number.</summary>
    public IReadOnlyList<(HeldDescriptor Descriptor, string Number)> Events { get; private set; } = [];

    /// <summary>Whether the network namespace is the workload's own, which moves along with all its addresses.</summary>
    public bool HasOwnNetwork { get; private init; }

    /// <summary>Takes a look. Processes and descriptors that go meanwhile are left out.</summary>
    /// <param name="tree">The processes, the root first.</param>
    /// <param name="options">By what findings are judged.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static WorkloadView Take(IReadOnlyList<int> tree, InventoryOptions options, CancellationToken cancellationToken)
    {
        var view = new WorkloadView(tree, options) { HasOwnNetwork = NetworkNamespace.IsOther(tree[0]) };
        var descriptors = new List<HeldDescriptor>();
        var mappings = new List<NamedMapping>();
        foreach (int processId in tree)
        {
            cancellationToken.ThrowIfCancellationRequested();
            descriptors.AddRange(DescriptorTable.Read(processId));
            mappings.AddRange(MappingTable.Read(processId));
        }

        (view.Descriptors, view.Mappings) = (descriptors, mappings);
        view.Files = [.. descriptors.Where(static one => one.Link[0] == '/').Select(static one => (one, FileStatus.TryRead(one.Path))).Where(static pair => pair.Item2 is not null).Select(static pair => (pair.one, pair.Item2!.Value))];
        view.Events = [.. descriptors.Where(static one => one.Link == "anon_inode:[eventfd]").Select(static one => (one, one.Information("eventfd-id") ?? "")).Where(static pair => pair.Item2.Length > 0)];
        view.FindSockets();
        cancellationToken.ThrowIfCancellationRequested();
        view.LookOutside();
        return view;
    }

    /// <summary>A process of the tree that has a socket; null for none.</summary>
    public HeldDescriptor? OwnerOf(ulong socket) => _sockets.TryGetValue(socket, out HeldDescriptor owner) ? owner : null;

    /// <summary>The sockets of the tree, each with one descriptor.</summary>
    public IReadOnlyDictionary<ulong, HeldDescriptor> OwnSockets => _sockets;

    /// <summary>The pipes of the tree, each with its descriptors.</summary>
    public ILookup<ulong, HeldDescriptor> Pipes { get; private set; } = Array.Empty<HeldDescriptor>().ToLookup(static _ => 0UL);

    /// <summary>The FIFOs of the tree, each with its descriptors.</summary>
    public ILookup<(ulong Device, ulong Inode), HeldDescriptor> Fifos { get; private set; } = Array.Empty<HeldDescriptor>().ToLookup(static _ => (0UL, 0UL));

    /// <summary>A finding about a process.</summary>
    public InventoryFinding Finding(FindingKind kind, int processId, string thing, string reason, bool isAllowed = false, bool isInformation = false)
    {
        FindingRule rule = FindingRules.Of(kind);
        bool gives = isAllowed || (rule.Allows != GiveUp.None && Options.GivesUp.HasFlag(rule.Allows));
        return new InventoryFinding
        {
            Kind = kind,
            Severity = isInformation ? FindingSeverity.Information : gives ? FindingSeverity.GivenUp : FindingSeverity.Refused,
            ProcessId = processId,
            ProcessName = NameOf(processId),
            Thing = thing,
            Reason = reason,
            Remedy = rule.Remedy,
            Option = rule.Options,
        };
    }

    private string NameOf(int processId) =>
        _names.TryGetValue(processId, out string? name) ? name : _names[processId] = ProcessTree.TryReadStatus(processId)?.Name ?? "ended";

    private void FindSockets()
    {
        foreach (HeldDescriptor descriptor in Descriptors)
        {
            if (descriptor.Inode(SocketPrefix) is { } socket)
            {
                _sockets.TryAdd(socket, descriptor);
            }
        }

        if (_sockets.Count > 0)
        {
            Sockets = SocketTable.Read(Tree[0]);
        }
    }

    private void LookOutside()
    {
        Pipes = Descriptors.Where(static one => one.Inode(PipePrefix) is not null).ToLookup(static one => one.Inode(PipePrefix)!.Value);
        Fifos = Files.Where(static file => (file.Status.Mode & TypeMask) == Fifo).ToLookup(static file => (file.Status.Device, file.Status.Inode), static file => file.Descriptor);
        var sockets = new HashSet<ulong>(_sockets.Keys);
        foreach (ulong socket in _sockets.Keys)
        {
            if (Sockets.Unix.TryGetValue(socket, out UnixSocket unix) && unix.Peer != 0)
            {
                sockets.Add(unix.Peer);
            }
            else if (Sockets.Tcp.TryGetValue(socket, out InternetSocket tcp) && tcp.IsConnected && Sockets.PeerOf(tcp) is { } peer)
            {
                sockets.Add(peer.Inode != 0 ? peer.Inode : Sockets.ListenerOf(peer.Local)?.Inode ?? 0);
            }
        }

        HashSet<(ulong, ulong)> files = [.. Fifos.Select(static one => one.Key), .. Files.Where(static file => file.Descriptor.Link.StartsWith("/memfd:", StringComparison.Ordinal)).Select(static file => (file.Status.Device, file.Status.Inode))];
        // Children that were started since the tree was listed are no strangers.
        var descent = new Descent(Tree);
        OutsideProcesses = [.. DescriptorTable.Processes().Where(process => !descent.Includes(process))];
        Outside = new OutsideHolders([.. Pipes.Select(static pipe => pipe.Key)], sockets, [.. Events.Select(static one => one.Number)], files);
        Outside.Look(OutsideProcesses);
    }
}
