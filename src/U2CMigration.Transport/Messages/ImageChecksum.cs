namespace U2CMigration.Transport.Messages;

/// <summary>An image file as the source wrote it.</summary>
/// <param name="Name">The plain file name.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Checksum">XxHash3 (64 bits) of its bytes.</param>
public readonly record struct ImageChecksum(string Name, long Length, ulong Checksum);
