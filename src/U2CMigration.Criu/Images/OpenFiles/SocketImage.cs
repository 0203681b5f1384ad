using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf.Collections;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>What the images say about sockets.</summary>
public static class SocketImage
{
    private const uint InternetV4 = 2;
    private const uint InternetV6 = 10;
    private const uint Tcp = 6;
    private const uint Closed = 7; // TCP_CLOSE
    private const uint Listening = 10; // TCP_LISTEN

    /// <summary>The TCP connections, also those that are half closed; IPv4 addresses of IPv6 sockets are given as the IPv4 addresses that their packets have.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>Each end that is in the images.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> ReadConnections(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return
        [
            .. FilesImage.Read(directory).Select(static file => file.Isk)
                .Where(static socket => socket is { Proto: Tcp, Family: InternetV4 or InternetV6, State: not (Closed or Listening or 0) } && socket.SrcAddr.Count > 0 && socket.DstAddr.Count > 0)
                .Select(socket => (EndPoint(directory, socket.Family, socket.SrcAddr, socket.SrcPort), EndPoint(directory, socket.Family, socket.DstAddr, socket.DstPort))),
        ];
    }

    /// <summary>The connections both ends of which are in the images.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>Each direction of each connection once.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> ReadInnerConnections(ImageDirectory directory)
    {
        HashSet<(IPEndPoint Local, IPEndPoint Remote)> all = [.. ReadConnections(directory)];
        return [.. all.Where(one => all.Contains((one.Remote, one.Local)))];
    }

    /// <summary>The paths to which unix sockets are bound.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>A path each, and the directory that a relative one starts from; empty where the images do not say.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static IReadOnlyList<(string Path, string StartsFrom)> ReadUnixPaths(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return
        [
            .. FilesImage.Read(directory).Select(static file => file.Usk)
                .Where(static socket => socket is { Deleted: false } && socket.Name.Length > 1 && socket.Name[0] != 0)
                .Select(static socket => (Encoding.UTF8.GetString(socket.Name.Span).TrimEnd('\0'), socket.NameDir))
                .Distinct(),
        ];
    }

    private static IPEndPoint EndPoint(ImageDirectory directory, uint family, RepeatedField<uint> words, uint port)
    {
        if (words.Count < (family == InternetV4 ? 1 : 4) || port > IPEndPoint.MaxPort)
        {
            throw ImageError.At(directory.PathOf(FilesImage.FileName), 0, $"a socket has an address of {words.Count} words and port {port}, which cannot be");
        }

        // The words are in the order of the network already.
        uint[] copy = [.. words];
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<uint>(copy);
        var address = new IPAddress(family == InternetV4 ? bytes[..4] : bytes[..16]);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, (int)port);
    }
}
