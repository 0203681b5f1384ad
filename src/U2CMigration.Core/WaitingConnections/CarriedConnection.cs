namespace U2CMigration.Core.WaitingConnections;

/// <summary>A connection.</summary>
/// <param name="Local">The address and port of the workload.</param>
/// <param name="Remote">Those of its peer.</param>
internal sealed record CarriedConnection(string Local, string Remote);
