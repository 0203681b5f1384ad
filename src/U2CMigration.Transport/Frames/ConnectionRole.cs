namespace U2CMigration.Transport.Connections;

/// <summary>Which end of a migration a connection is.</summary>
public enum ConnectionRole : byte
{
    /// <summary>The host that the workload leaves.</summary>
    Source = 1,

    /// <summary>The host that the workload moves to.</summary>
    Destination = 2,
}
