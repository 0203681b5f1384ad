namespace U2CMigration.Core.Inventory;

/// <summary>What of a workload may be given up, as it leads to processes that do not move. Everything else of this kind is refused.</summary>
[Flags]
public enum GiveUp
{
    /// <summary>Nothing: a workload that has such a thing is refused.</summary>
    None = 0,

    /// <summary>Pipes and FIFOs: at the destination their other end is closed, unless the receiver puts something in its place (<c>CriuSettings.InheritedFiles</c>).</summary>
    OutsidePipes = 1,

    /// <summary>Event counters (eventfd): the workload and the process outside each have one of their own afterwards.</summary>
    OutsideEvents = 2,

    /// <summary>Sockets that a process outside has open as well, such as a listening socket of a supervisor: both have one of their own afterwards.</summary>
    OutsideSockets = 4,

    /// <summary>Memory shared with a process outside: each has a copy of its own afterwards.</summary>
    OutsideMemory = 8,

    /// <summary>TCP connections with processes of the same host, or on addresses that do not move: both ends see them reset, those on other addresses when they send next.</summary>
    LocalConnections = 16,
}
