namespace U2CMigration.Files.Entries;

/// <summary>An extended attribute.</summary>
/// <param name="Name">Its name, with a zero at the end.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct ExtendedAttribute(byte[] Name, byte[] Value);
