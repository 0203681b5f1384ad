using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>posix_spawn(3): starts a process with exactly the descriptors it is given.</summary>
/// <remarks>
/// <c>posix_spawn_file_actions_addclosefrom_np</c> needs glibc 2.34 (2021). No privileges. The child shares memory with its parent until
/// it executes (CLONE_VFORK), so the time does not grow with the size of this process.
/// </remarks>
internal static partial class Spawn
{
    /// <summary>Larger than <c>posix_spawn_file_actions_t</c> (80 bytes) and <c>posix_spawnattr_t</c> (336 bytes) of glibc.</summary>
    internal const int OpaqueBytes = 512;

    internal const short SetSignalMask = 0x08;
    internal const short SetSignalDefault = 0x04;
    internal const short SetSession = 0x80;

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn(int* pid, byte* path, byte* fileActions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_init(byte* fileActions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_destroy(byte* fileActions);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_addopen(byte* fileActions, int fd, byte* path, int flags, uint mode);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_adddup2(byte* fileActions, int fd, int newFd);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawn_file_actions_addclosefrom_np(byte* fileActions, int from);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigmask(byte* attributes, byte* signalSet);

    [LibraryImport("libc")]
    internal static unsafe partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signalSet);

    [LibraryImport("libc")]
    internal static unsafe partial int sigemptyset(byte* signalSet);

    [LibraryImport("libc")]
    internal static unsafe partial int sigfillset(byte* signalSet);
}
