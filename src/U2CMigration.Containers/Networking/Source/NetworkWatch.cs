using Microsoft.Win32.SafeHandles;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Networking.Reading;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Containers.Networking.Source;

/// <summary>Sees whether the network of a container is still what was told to the destination. To read it all again takes some ten milliseconds; in the freeze the kernel's own news are asked instead.</summary>
internal sealed class NetworkWatch : IDisposable
{
    // RTNLGRP_LINK, IPV4_IFADDR, IPV4_ROUTE, IPV4_RULE, IPV6_IFADDR, IPV6_ROUTE, IPV6_RULE.
    private static readonly int[] RouteGroups = [1, 5, 7, 8, 9, 11, 19];

    // NFNLGRP_NFTABLES.
    private static readonly int[] FilterGroups = [7];

    private readonly string _network;
    private readonly NetworkState _told;
    private readonly SafeFileHandle[] _news;
    private bool _isRead;

    public NetworkWatch(string network, NetworkState told)
    {
        (_network, _told) = (network, told);
        _news = Namespace.RunInNetwork(network, static () => (SafeFileHandle[])[ChangeSocket.Open(ChangeSocket.Route, RouteGroups), ChangeSocket.Open(ChangeSocket.Netfilter, FilterGroups)]);
    }

    /// <summary>What has changed, a sentence each.</summary>
    /// <param name="isFrozen">Whether the container is frozen, and every millisecond is downtime.</param>
    public IReadOnlyList<string> FindProblems(bool isFrozen)
    {
        bool any = Array.ConvertAll(_news, ChangeSocket.HasNews).Contains(true);
        if (isFrozen && _isRead && !any)
        {
            return [];
        }

        _isRead = true;
        var problems = new List<string>();
        NetworkState now = NetworkReader.Read(_network, problems);
        IReadOnlyList<string> differences = NetworkComparison.Differences(_told, now);
        return differences.Count == 0 ? problems : [.. problems, $"The network of the container is not what it was when the migration began ({string.Join("; ", differences)}). Try again when it is settled."];
    }

    public void Dispose()
    {
        foreach (SafeFileHandle one in _news)
        {
            one.Dispose();
        }
    }
}
