// landlock_create_ruleset(2), Linux 5.13: asked for its version it makes nothing. Fails where the kernel does not have it or it is not switched on.
using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

internal static partial class LandlockCalls
{
    private const nint CreateRuleset = 444;
    private const nint AskVersion = 1;

    /// <summary>Whether processes can restrict themselves by Landlock on this host.</summary>
    public static bool IsOn { get; } = SystemCall(CreateRuleset, 0, 0, AskVersion) > 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
