namespace U2CMigration.Core.Destination;

/// <summary>Images or pages arrived other than they were sent.</summary>
internal sealed class ImageDamagedException(string message) : Exception(message);
