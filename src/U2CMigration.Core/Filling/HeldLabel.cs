using System.Runtime.InteropServices;

namespace U2CMigration.Core.Filling;

/// <summary>What is written on descriptors that are held; native/guardian/guardian.c knows its length.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Member">The number of a process, for <see cref="HeldKind.Member"/>.</param>
/// <param name="Generation">Grows when the descriptors that are needed are put together afresh.</param>
/// <param name="MigrationId">The migration.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct HeldLabel(HeldKind Kind, int Member, long Generation, Guid MigrationId)
{
    public const int Bytes = 32;

    public static HeldLabel Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<HeldLabel>(bytes);

    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, this);
}
