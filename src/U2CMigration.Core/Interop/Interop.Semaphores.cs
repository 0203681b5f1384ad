// semctl(2). Needs read access to the set, which root has.
using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

/// <summary>System V semaphores of the IPC namespace of this process.</summary>
internal static partial class Semaphores
{
    private const int GetProcess = 11;

    /// <summary>The process that last changed a semaphore; -1 where it cannot be told.</summary>
    public static int LastUser(int set, int number) => semctl(set, number, GetProcess);

    [LibraryImport("libc")]
    private static partial int semctl(int set, int number, int command);
}
