namespace U2CMigration.Core.Results;

/// <summary>Connections that were given up, as the workload had not accepted them when it was frozen.</summary>
/// <param name="Listener">The address and port that they were made to.</param>
/// <param name="Count">How many.</param>
public sealed record GivenUpConnections(string Listener, int Count);
