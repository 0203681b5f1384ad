using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>personality(2) of the calling thread; what it starts inherits it. No privileges.</summary>
internal static partial class Personality
{
    private const uint NoRandomizedAddresses = 0x0040000;
    private const uint Ask = 0xffffffff;

    /// <summary>Whatever the calling thread starts from now on gets the same addresses each time.</summary>
    internal static void FixAddresses() => _ = personality((uint)personality(Ask) | NoRandomizedAddresses);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int personality(uint persona);
}
