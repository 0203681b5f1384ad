using System.Globalization;
using System.Net;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Core.Handover;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Containers.Networking.Source;

/// <summary>The cables between a container and the bridges of its host: cut while it is frozen, for good or until it runs on. Nothing in its namespace is changed for that.</summary>
/// <param name="id">The container.</param>
/// <param name="processId">Its first process.</param>
/// <param name="state">Its network.</param>
internal sealed class ContainerCable(string id, int processId, NetworkState state) : ISourceNetwork, IAsyncDisposable
{
    private readonly List<StandIn> _standIns = [];
    private NetworkWatch? _watch;
    private bool _isCut;

    /// <inheritdoc/>
    public IReadOnlyList<IPAddress> Addresses => [.. state.Cables.SelectMany(NeighbourNews.Addresses)];

    /// <inheritdoc/>
    public IReadOnlyList<string> UndoCommand => _standIns.Count == 0 ? [] : ["sh", "-c", string.Join("; ", [.. state.Cables.Select(Open), .. _standIns.Select(static one => $"ip link delete dev {one.Name}")])];

    /// <summary>The namespace of a process, by a path.</summary>
    public static string PathOf(int processId) => string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net");

    /// <summary>What of the network has changed, a sentence each.</summary>
    public IReadOnlyList<string> FindProblems() => _watch?.FindProblems(_isCut) ?? [];

    /// <inheritdoc/>
    public ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        _watch = new NetworkWatch(PathOf(processId), state);
        var host = HostLinks.Read();
        foreach (NetworkLink link in state.Cables)
        {
            _standIns.Add(StandIn.Create(link, host.Index(link.Host!.Name)));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        _isCut = true;
        _standIns.ForEach(static one => one.Cut());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Commit() => _standIns.ForEach(static one => one.Commit());

    /// <inheritdoc/>
    public ValueTask ReclaimAsync(CancellationToken cancellationToken)
    {
        _standIns.ForEach(static one => one.Join());
        _isCut = false;
        TellNeighbours();
        _standIns.ForEach(static one => one.GiveBack());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask EndAsync() => DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        foreach (StandIn one in _standIns)
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }
    }

    public override string ToString() => $"the cables of the container {id}";

    private static string Open(NetworkLink link) => $"bridge link set dev {link.Host!.Name} state {LinkNetlink.PortForwarding}";

    /// <summary>So that the bridge knows where it is.</summary>
    private void TellNeighbours() => Namespace.RunInNetwork(PathOf(processId), () =>
    {
        foreach (NetworkLink link in state.Cables)
        {
            NeighbourNews.Tell(link, link.Index);
        }

        return true;
    });
}
