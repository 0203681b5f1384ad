using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>Reads the options of the sockets that a tree has open, through copies of its descriptors: once for each socket, however many have it.</summary>
internal sealed class SocketReading(Func<int, int> inImages)
{
    private const string Prefix = "socket:[";
    private const int TcpLevel = 6;
    private const int UpperProtocol = 31; // TCP_ULP

    private readonly UsualOptions _usual = new();
    private readonly HashSet<string> _seen = [];
    private readonly List<CarriedSocket> _sockets = [];
    private readonly List<string> _lost = [];

    /// <summary>The sockets.</summary>
    public IReadOnlyList<CarriedSocket> Sockets => _sockets;

    /// <summary>Protections of sockets that no restore gives back, a sentence each.</summary>
    public IReadOnlyList<string> LostProtections => _lost;

    /// <summary>Adds the sockets of a process; none when it has ended.</summary>
    public void Add(int processId)
    {
        IReadOnlyList<(int Device, IPAddress Group)>? groups = null;
        ForEach(processId, (descriptor, socket) => Add(processId, descriptor, socket, groups ??= Memberships.GroupsOf(processId)));
    }

    /// <summary>Adds only the protections of the sockets of a process.</summary>
    public void AddProtections(int processId) => ForEach(processId, (descriptor, socket) => AddProtection(processId, descriptor, socket));

    private void ForEach(int processId, Action<int, SafeFileHandle> action)
    {
        List<(int Descriptor, string Socket)> found = Find(processId);
        if (found.Count == 0)
        {
            return;
        }

        try
        {
            using SafeFileHandle process = PidFd.Open(processId);
            foreach ((int descriptor, string name) in found)
            {
                using SafeFileHandle? socket = PidFd.TryCopyDescriptor(process, descriptor, out _);
                if (socket is not null)
                {
                    action(descriptor, socket);
                }
            }
        }
        catch (PageTrackingException)
        {
            // It has ended.
        }
    }

    private void Add(int processId, int descriptor, SafeFileHandle socket, IReadOnlyList<(int Device, IPAddress Group)> groups)
    {
        SocketNature nature = SocketNature.Of(socket);
        var options = new Dictionary<string, string>();
        foreach (SocketOption option in SocketOptions.All)
        {
            if (option.Applies(nature) && OptionValue.ReadUnless(_usual.Of(nature, option), socket, option) is { } value)
            {
                options[option.Name] = value;
            }
        }

        IReadOnlyList<CarriedMembership> memberships = Memberships.Of(socket, nature, groups);
        if (options.Count + memberships.Count > 0)
        {
            _sockets.Add(new CarriedSocket(inImages(processId), descriptor, nature.Kind, options, memberships));
        }
    }

    /// <summary>What the kernel does to the data of a connection, kernel TLS for example.</summary>
    private void AddProtection(int processId, int descriptor, SafeFileHandle socket)
    {
        Span<byte> above = stackalloc byte[16];
        above.Clear();
        if (SocketCalls.Get(socket, TcpLevel, UpperProtocol, above, out int length) == 0 && length > 0 && above[0] != 0)
        {
            string protocol = Encoding.ASCII.GetString(above).TrimEnd('\0');
            _lost.Add(string.Create(CultureInfo.InvariantCulture, $"Socket {descriptor} of process {processId} has its data changed by the kernel ({protocol}), and would send and receive it plain after a restore. Close the connection, or have the program encrypt by itself."));
        }
    }

    private List<(int Descriptor, string Socket)> Find(int processId)
    {
        var found = new List<(int Descriptor, string Socket)>();
        try
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd")))
            {
                if (new FileInfo(path).LinkTarget is { } target && target.StartsWith(Prefix, StringComparison.Ordinal) && _seen.Add(target))
                {
                    found.Add((int.Parse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture), target));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }

        return found;
    }
}
