namespace U2CMigration.Core.Destination;

/// <summary>A source holds a migration open and does not get on with it.</summary>
internal sealed class StalledSourceException(string message, Exception cause) : Exception(message, cause);
