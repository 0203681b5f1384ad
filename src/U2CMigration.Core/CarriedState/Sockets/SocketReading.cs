using System.Globalization;
using System.Net;
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
        List<(int Descriptor, string Socket)> found = Find(processId);
        if (found.Count == 0)
        {
            return;
        }

        try
        {
            using SafeFileHandle process = PidFd.Open(processId);
            IReadOnlyList<(int Device, IPAddress Group)>? groups = null;
            foreach ((int descriptor, string name) in found)
            {
                using SafeFileHandle? socket = PidFd.TryCopyDescriptor(process, descriptor, out _);
                if (socket is not null)
                {
                    groups ??= Memberships.GroupsOf(processId);
                    Add(processId, descriptor, socket, groups);
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
            if (option.Applies(nature) && OptionValue.Read(socket, option) is { } value && value != _usual.Of(nature, option))
            {
                options[option.Name] = value;
            }
        }

        _sockets.Add(new CarriedSocket(inImages(processId), descriptor, nature.Kind, options, Memberships.Of(socket, nature, groups)));
        Span<byte> above = stackalloc byte[16];
        above.Clear();
        if (nature is { IsInternet: true, Protocol: 6 } && SocketCalls.Get(socket, TcpLevel, UpperProtocol, above, out int length) == 0 && length > 0 && above[0] != 0)
        {
            string protocol = System.Text.Encoding.ASCII.GetString(above).TrimEnd('\0');
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
