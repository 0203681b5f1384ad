using Microsoft.Win32.SafeHandles;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Networking.Reading;
using U2CMigration.Core.Handover;

namespace U2CMigration.Containers.Networking.Destination;

/// <summary>The network of a container that arrives: complete, so that its sockets can be restored, and unplugged until the commit, so that no two containers answer for the same addresses.</summary>
internal sealed class NetworkPlug : IArrivingAddress, IDisposable
{
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
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public string Path
    {
        get
        {
            ObjectDisposedException.ThrowIf(_network.IsClosed, this);
            return NewNetwork.PathOf(_network);
        }
    }

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
        PlugIn();
        return Criu.Interop.Namespace.RunInNetwork(Path, () =>
        {
            foreach (Cable cable in _cables)
            {
                cable.AwaitPackets();
                NeighbourNews.Tell(cable.Link, cable.Index);
                NeighbourNews.AskAgain(cable.Link, cable.Index);
            }

            return ValueTask.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(CancellationToken cancellationToken)
    {
        _cables.ForEach(static cable => cable.Unplug());
        return ValueTask.CompletedTask;
    }

    /// <summary>The container runs next, and here: its network is its own from now on, and plugged in before its first instruction, as what it says into the void it would say again after a second only.</summary>
    public void Keep()
    {
        _kept = true;
        try
        {
            PlugIn();
        }
        catch (IOException)
        {
            // The announcement tries it again, and says what is wrong.
        }
    }

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
                _cables.ForEach(static cable => cable.LeaveAsFound());
            }
            else
            {
                _cables.ForEach(static cable => cable.Remove());
                if (_isNamed)
                {
                    NewNetwork.Forget(_place.Path);
                }
            }
        }

        _network.Dispose();
    }

    private void PlugIn() => _cables.ForEach(static cable => cable.Plug());

    private void Make()
    {
        IReadOnlyDictionary<string, string> ends = NetworkPlace.HostEnds(_state, HostLinks.Read());
        NetworkBuilder.MakeDevices(Path, _state, ends);
        var host = HostLinks.Read();
        foreach (NetworkLink link in _state.Cables)
        {
            _cables.Add(Cable.Lay(link, ends[link.Name], host.Index(ends[link.Name]), _place.BridgeOf(link.Host!.Bridge)));
        }

        // While the devices have no address they have nothing to say.
        NetworkBuilder.TurnOn(Path, _state);
        _cables.ForEach(static cable => cable.AwaitAndUnplug());
        NetworkBuilder.Furnish(Path, _state);
        if (NetworkComparison.Differences(_state, NetworkReader.Read(Path, [])) is { Count: > 0 } differences)
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
            _cables.Add(Cable.Find(link, host.Index(link.Host!.Name), host.IsUp(link.Host.Name)));
        }

        _cables.ForEach(static cable => cable.Unplug());
    }
}
