namespace U2CMigration.Prediction.Traces;

/// <summary>The numbers of the file format, see docs/traces.md. All are little endian.</summary>
internal static class TraceFormat
{
    internal const ushort Version = 1;

    /// <summary>Magic, version, two zero bytes, length of the header, length of the body on disk, length of the body in memory.</summary>
    internal const int PrefixBytes = 8 + 2 + 2 + 4 + 8 + 8;

    internal const int ChecksumBytes = 8;

    internal const int LongestHeaderBytes = 1 << 16;

    /// <summary>A trace is worked on in memory: more than this is damage, or an attack.</summary>
    internal const long LongestBodyBytes = 1 << 30;

    /// <summary>A sample has accessed pages.</summary>
    internal const byte AccessedFlag = 1;

    /// <summary>Page numbers lie below this: 64-bit addresses without the bits inside a page.</summary>
    internal const ulong PageLimit = 1UL << 52;

    internal static ReadOnlySpan<byte> Magic => "U2CTRACE"u8;
}
