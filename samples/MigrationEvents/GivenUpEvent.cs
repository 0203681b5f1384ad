namespace MigrationEvents;

/// <summary>Connections that were given up, by the address that they were made to.</summary>
public sealed record GivenUpEvent(string Listener, int Count);
