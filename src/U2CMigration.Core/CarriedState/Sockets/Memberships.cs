using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>Membership of sockets in multicast groups, ip(7). The kernel lists the groups of a device only; each socket is asked about each of them (MCAST_MSFILTER).</summary>
internal static class Memberships
{
    private const int Ip = 0;
    private const int Ipv6 = 41;
    private const int Join = 42; // MCAST_JOIN_GROUP
    private const int Block = 43; // MCAST_BLOCK_SOURCE
    private const int JoinSource = 46; // MCAST_JOIN_SOURCE_GROUP
    private const int Filter = 48; // MCAST_MSFILTER
    private const int AddressInUse = 98; // EADDRINUSE: a member already
    private const int MostSources = 64;

    // struct group_filter, struct group_req and struct group_source_req: an index, then addresses of 128 bytes each at multiples of 8.
    private const int AddressBytes = 128;
    private const int FirstAddress = 8;
    private const int SecondAddress = FirstAddress + AddressBytes;
    private const int FilterMode = SecondAddress;
    private const int FilterCount = FilterMode + 4;
    private const int FilterSources = FilterMode + 8;
    private const int Include = 1; // MCAST_INCLUDE

    /// <summary>The groups that the devices of a network namespace listen to.</summary>
    /// <param name="processId">A process in it.</param>
    public static IReadOnlyList<(int Device, IPAddress Group)> GroupsOf(int processId)
    {
        var groups = new List<(int Device, IPAddress Group)>();
        int device = 0;
        foreach (string line in Lines(processId, "igmp"))
        {
            string[] fields = line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (!char.IsWhiteSpace(line[0]))
            {
                _ = int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out device);
            }
            else if (uint.TryParse(fields[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint address))
            {
                groups.Add((device, new IPAddress(address)));
            }
        }

        foreach (string line in Lines(processId, "igmp6"))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 2 && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out device))
            {
                groups.Add((device, new IPAddress(Convert.FromHexString(fields[2]))));
            }
        }

        return groups;
    }

    /// <summary>Those that a socket is a member of.</summary>
    public static IReadOnlyList<CarriedMembership> Of(SafeFileHandle socket, SocketNature nature, IReadOnlyList<(int Device, IPAddress Group)> groups)
    {
        if (!nature.IsInternet || nature.Type == 1)
        {
            return [];
        }

        var found = new List<CarriedMembership>();
        foreach ((int device, IPAddress group) in groups)
        {
            if ((nature.Family == 10 || group.AddressFamily == AddressFamily.InterNetwork) && SocketCalls.DeviceName(socket, device) is { } name && Find(socket, device, name, group) is { } membership)
            {
                found.Add(membership);
            }
        }

        return found;
    }

    /// <summary>Makes a socket a member.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    public static void Give(SafeFileHandle socket, CarriedMembership membership)
    {
        int device = SocketCalls.DeviceIndex(socket, membership.Device);
        if (device == 0)
        {
            throw new IOException($"there is no network device {membership.Device} here");
        }

        var group = IPAddress.Parse(membership.Group);
        int level = group.AddressFamily == AddressFamily.InterNetworkV6 ? Ipv6 : Ip;
        Span<byte> request = stackalloc byte[SecondAddress + AddressBytes];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, device);
        Write(request[FirstAddress..], group);
        if (!membership.Includes)
        {
            Check(SocketCalls.Set(socket, level, Join, request[..SecondAddress]));
        }

        foreach (string source in membership.Sources)
        {
            Write(request[SecondAddress..], IPAddress.Parse(source));
            Check(SocketCalls.Set(socket, level, membership.Includes ? JoinSource : Block, request));
        }
    }

    private static CarriedMembership? Find(SafeFileHandle socket, int device, string name, IPAddress group)
    {
        byte[] filter = new byte[FilterSources + (MostSources * AddressBytes)];
        BinaryPrimitives.WriteInt32LittleEndian(filter, device);
        Write(filter.AsSpan(FirstAddress), group);
        BinaryPrimitives.WriteInt32LittleEndian(filter.AsSpan(FilterCount), MostSources);
        if (SocketCalls.Get(socket, group.AddressFamily == AddressFamily.InterNetworkV6 ? Ipv6 : Ip, Filter, filter, out _) != 0)
        {
            return null;
        }

        int sources = Math.Min(MostSources, BinaryPrimitives.ReadInt32LittleEndian(filter.AsSpan(FilterCount)));
        return new CarriedMembership(
            group.ToString(), name, BinaryPrimitives.ReadInt32LittleEndian(filter.AsSpan(FilterMode)) == Include,
            [.. Enumerable.Range(0, sources).Select(i => ReadAddress(filter.AsSpan(FilterSources + (i * AddressBytes))).ToString())]);
    }

    /// <summary>struct sockaddr_in or struct sockaddr_in6 without a port.</summary>
    private static void Write(Span<byte> place, IPAddress address)
    {
        bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(isV6 ? 10 : 2));
        address.TryWriteBytes(place[(isV6 ? 8 : 4)..], out _);
    }

    private static IPAddress ReadAddress(ReadOnlySpan<byte> place) =>
        BinaryPrimitives.ReadUInt16LittleEndian(place) == 10 ? new IPAddress(place.Slice(8, 16)) : new IPAddress(place.Slice(4, 4));

    private static IEnumerable<string> Lines(int processId, string file)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/net/{file}");
        try
        {
            return File.ReadAllLines(path).Where(static line => line.Length > 0);
        }
        catch (IOException)
        {
            // It has ended, or the kernel has no IPv6.
            return [];
        }
    }

    private static void Check(int error)
    {
        if (error is not 0 and not AddressInUse)
        {
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
        }
    }
}
