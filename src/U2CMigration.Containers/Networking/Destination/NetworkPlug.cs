using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Networking.Reading;
using U2CMigration.Core.Handover;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Containers.Networking.Destination;

/// <summary>The network of a container that arrives: complete, so that its sockets can be restored, and unplugged until the commit, so that no two containers answer for the same addresses.</summary>
internal sealed class NetworkPlug : IArrivingAddress, IDisposable
{
    /// <summary>The kernel takes some tenths of a millisecond from the moment in which a cable is plugged in until packets pass.</summary>
    private static readonly TimeSpan PlugLimit = TimeSpan.FromSeconds(1);

    private readonly NetworkPlace _place;
    private readonly NetworkState _state;
    private readonly SafeFileHandle _network;
    private readonly List<Cable> _cables = [];
    private bool _isNamed;
    private bool _kept;
    private bool _disposed;

    private NetworkPlug(NetworkPlace place, NetworkState state, SafeFileHandle network) => (_place, _state, _network) = (place, state, network);

    /// <summary>The namespace, open.</summary>
    public SafeFileHandle Namespace => _network;

    /// <summary>A path by which this process names it.</summary>
    public string Path => NewNetwork.PathOf(_network);

    /// <summary>Makes it, or takes what the caller has made.</summary>
    /// <exception cref="IOException">It cannot be made; nothing is left of it.</exception>
    public static NetworkPlug Prepare(NetworkPlace place, NetworkState state)
    {
        SafeFileHandle network = place.IsPrepared ? File.OpenHandle(place.Path) : NewNetwork.Create();
        var plug = new NetworkPlug(place, state, network);
        try
        {
            if (place.IsPrepared)
            {
                plug.Take();
            }
            else
            {
                plug.Make();
            }

            return plug;
        }
        catch
        {
            plug.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask AcquireAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask AnnounceAsync(CancellationToken cancellationToken)
    {
        foreach (Cable cable in _cables)
        {
            LinkNetlink.SetUp(cable.HostIndex, isUp: true);
        }

        long start = Stopwatch.GetTimestamp();
        while (!_cables.TrueForAll(static cable => LinkNetlink.IsRunning(cable.HostIndex)) && Stopwatch.GetElapsedTime(start) < PlugLimit)
        {
            Thread.Sleep(TimeSpan.FromMicroseconds(100));
        }

        return Criu.Interop.Namespace.RunInNetwork(Path, () =>
        {
            while (!_cables.TrueForAll(static cable => LinkNetlink.IsRunning(cable.Index)) && Stopwatch.GetElapsedTime(start) < PlugLimit)
            {
                Thread.Sleep(TimeSpan.FromMicroseconds(100));
            }

            _cables.ForEach(static cable => NeighbourNews.Tell(cable.Link, cable.Index));
            return ValueTask.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(CancellationToken cancellationToken)
    {
        Unplug();
        return ValueTask.CompletedTask;
    }

    /// <summary>The container runs here: the network is its own from now on.</summary>
    public void Keep() => _kept = true;

    /// <summary>Removes what was made, unless the container runs in it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_kept)
        {
            if (_place.IsPrepared)
            {
                // As it was found.
                Set(static cable => cable.WasUp);
            }
            else
            {
                _cables.ForEach(static cable => LinkNetlink.Remove(cable.HostIndex));
                if (_isNamed)
                {
                    NewNetwork.Forget(_place.Path);
                }
            }
        }

        _network.Dispose();
    }

    private void Unplug() => Set(static _ => false);

    private void Set(Func<Cable, bool> isUp) => _cables.ForEach(cable => LinkNetlink.SetUp(cable.HostIndex, isUp(cable)));

    private void Make()
    {
        IReadOnlyDictionary<string, string> ends = NetworkPlace.HostEnds(_state, HostLinks.Read());
        NetworkBuilder.Build(Path, _state, ends);
        var host = HostLinks.Read();
        foreach (NetworkLink link in _state.Cables)
        {
            string end = ends[link.Name];
            NetworkTool.Run(null, NetworkTool.Ip, string.Empty, "link", "set", "dev", end, "master", _place.BridgeOf(link.Host!.Bridge));
            NetworkTool.Run(null, NetworkTool.Ip, string.Empty, "link", "set", "dev", end, "type", "bridge_slave", "isolated", OnOff(link.Host.IsIsolated), "hairpin", OnOff(link.Host.IsHairpin));
            _cables.Add(new Cable(link, link.Index, host.Index(end), WasUp: false));
        }

        var problems = new List<string>();
        if (NetworkComparison.Differences(_state, NetworkReader.Read(Path, problems)) is { Count: > 0 } differences)
        {
            throw new IOException($"The network namespace of the container could not be made on this host as it is on the source ({string.Join("; ", differences)}). Prepare one, and name it ({nameof(ContainerHostOptions)}.{nameof(ContainerHostOptions.NetworkNamespace)}, agent: receive --network-namespace PATH).");
        }

        if (_place.Path.Length > 0)
        {
            NewNetwork.Name(_network, _place.Path);
            _isNamed = true;
        }
    }

    private void Take()
    {
        var host = HostLinks.Read();
        foreach (NetworkLink link in NetworkReader.Read(Path, []).Cables)
        {
            string end = link.Host!.Name;
            _cables.Add(new Cable(link, link.Index, host.Index(end), host.IsUp(end)));
        }

        Unplug();
    }

    private static string OnOff(bool value) => value ? "on" : "off";

    /// <summary>A device and its other end on this host.</summary>
    private sealed record Cable(NetworkLink Link, int Index, int HostIndex, bool WasUp);
}
