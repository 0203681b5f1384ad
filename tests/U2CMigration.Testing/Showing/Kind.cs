namespace U2CMigration.Testing.Showing;

/// <summary>The kinds by which <c>docs/what-moves.md</c> is ordered.</summary>
public enum Kind
{
    /// <summary>Memory, private and shared.</summary>
    Memory,

    /// <summary>Processes, threads, their groups and what code they run.</summary>
    Processes,

    /// <summary>Files, locks, leases, watched files, terminals and devices.</summary>
    Files,

    /// <summary>Pipes, FIFOs and event counters.</summary>
    Pipes,

    /// <summary>Sockets and connections.</summary>
    Sockets,

    /// <summary>Timers.</summary>
    Timers,

    /// <summary>What a program has forbidden itself, or is forbidden.</summary>
    Protections,

    /// <summary>Attributes of processes and threads that lie in no memory.</summary>
    Attributes,

    /// <summary>Namespaces, mounts, control groups and users.</summary>
    Containers,

    /// <summary>What the destination has to have.</summary>
    Destination,

    /// <summary>Whole services under load.</summary>
    Services,
}
