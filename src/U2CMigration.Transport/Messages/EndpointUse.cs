namespace U2CMigration.Transport.Messages;

/// <summary>What a workload does with an address.</summary>
public enum EndpointUse : byte
{
    /// <summary>It listens for TCP connections.</summary>
    Listening = 1,

    /// <summary>A UDP socket is bound to it.</summary>
    Datagrams = 2,

    /// <summary>TCP connections have it at their own end; the port is 0.</summary>
    Connections = 3,
}
