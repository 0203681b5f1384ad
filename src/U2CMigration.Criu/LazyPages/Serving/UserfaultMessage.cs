using System.Runtime.InteropServices;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>struct uffd_msg of uapi/linux/userfaultfd.h: 32 bytes, whose three arguments mean what the event says.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct UserfaultMessage
{
    internal const int Bytes = 32;

    [FieldOffset(0)]
    internal UserfaultEvent Event;

    [FieldOffset(8)]
    internal ulong First;

    [FieldOffset(16)]
    internal ulong Second;

    [FieldOffset(24)]
    internal ulong Third;

    /// <summary>The address that was touched.</summary>
    internal readonly ulong TouchedAddress => Second;

    /// <summary>The descriptor of a forked child; it is open in this process already.</summary>
    internal readonly int ChildDescriptor => (int)First;

    /// <summary>Reads the whole messages of a buffer.</summary>
    internal static Span<UserfaultMessage> Parse(Span<byte> buffer) => MemoryMarshal.Cast<byte, UserfaultMessage>(buffer);
}
