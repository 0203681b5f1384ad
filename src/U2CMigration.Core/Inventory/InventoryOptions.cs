using System.Net;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;

namespace U2CMigration.Core.Inventory;

/// <summary>The options by which findings are judged.</summary>
internal sealed class InventoryOptions(CriuSettings criu, ISourceNetwork? network, GiveUp givesUp, CriuConfiguration configuration, IReadOnlyList<int>? keepers = null)
{
    private readonly CriuConfiguration _raw = CriuConfiguration.Parse(criu.RawOptions);

    public static InventoryOptions Of(MigrationSessionOptions options, IReadOnlyList<int>? keepers = null) => new(options.Criu, options.Network, options.GivesUp, CriuConfiguration.Read(), keepers);

    public GiveUp GivesUp => givesUp;

    /// <summary>Whether a process looks after the workload for its owner, who has another one at the destination: pipes to it are connected again there.</summary>
    public bool IsKeeper(int processId) => keepers?.Contains(processId) == true;

    /// <summary>Whether unix datagram sockets are connected again at the destination.</summary>
    public bool ReconnectsDatagrams => criu.ExternalUnixSockets || IsSet("ext-unix-sk");

    /// <summary>Whether CRIU is started in other namespaces than this program.</summary>
    public bool RunsElsewhere => criu.Prefix.Count > 0;

    public bool SearchesWatchedFiles => criu.ForceInodeMap || IsSet("force-irmap");

    public bool ClosesConnections => criu.TcpClose || IsSet("tcp-close");

    /// <summary>The address that moves along; null where none does or it is not known which.</summary>
    public IPAddress? MovedAddress => (network as AddressHandover)?.Address;

    /// <summary>Whether CRIU is told that a resource is outside, and what of.</summary>
    public bool IsExternal(string prefix) => IsSet("external") || criu.External.Any(item => item.StartsWith(prefix, StringComparison.Ordinal));

    private bool IsSet(string option) => configuration.Has(option) || _raw.Has(option);
}
