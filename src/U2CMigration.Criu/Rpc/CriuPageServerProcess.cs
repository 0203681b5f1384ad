namespace U2CMigration.Criu.Rpc;

/// <summary>A page server of CRIU that runs as a child of its worker.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Port">The TCP port on which it waits for one connection.</param>
public sealed record CriuPageServerProcess(int ProcessId, int Port);
