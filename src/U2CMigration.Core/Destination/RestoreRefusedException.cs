namespace U2CMigration.Core.Destination;

/// <summary>The images cannot be restored in the way that was asked for.</summary>
internal sealed class RestoreRefusedException(string message) : Exception(message);
