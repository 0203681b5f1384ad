namespace U2CMigration.Transport.Codec;

/// <summary>A page that the destination holds; 12 bytes on the wire.</summary>
/// <param name="ProcessId">The process, as numbered in the images.</param>
/// <param name="Address">The address of the page.</param>
internal readonly record struct PageReference(int ProcessId, ulong Address)
{
    public const int Size = 12;
}
