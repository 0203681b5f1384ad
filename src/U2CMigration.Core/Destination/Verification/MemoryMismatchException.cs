namespace U2CMigration.Core.Destination.Verification;

/// <summary>The restored processes, which are held, do not have the memory of the frozen ones.</summary>
internal sealed class MemoryMismatchException(string message) : Exception(message);
