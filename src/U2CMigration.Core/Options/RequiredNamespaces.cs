namespace U2CMigration.Core.Receiving;

/// <summary>Kinds of namespaces, see namespaces(7).</summary>
[Flags]
public enum RequiredNamespaces
{
    /// <summary>None: all of those of the host may be shared.</summary>
    None = 0,

    /// <summary>Numbers of processes: without it the workload sees the processes of the host.</summary>
    Pid = 1,

    /// <summary>Mounts: without it the workload has the file systems of the host.</summary>
    Mount = 2,

    /// <summary>The network: without it the workload has the devices, addresses and abstract sockets of the host.</summary>
    Network = 4,

    /// <summary>System V objects and message queues.</summary>
    Ipc = 8,

    /// <summary>The name of the host.</summary>
    Uts = 16,

    /// <summary>Users, groups and capabilities: without it root of the workload is root of the host.</summary>
    User = 32,
}
