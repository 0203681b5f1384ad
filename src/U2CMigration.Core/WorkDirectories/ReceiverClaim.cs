using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.WorkDirectories;

/// <summary>The one receiver that works with a directory: what another one wrote there about a migration at work would be settled wrongly.</summary>
internal sealed class ReceiverClaim : IDisposable
{
    private const string Name = ".receiver";

    private readonly SafeFileHandle _file;

    private ReceiverClaim(SafeFileHandle file) => _file = file;

    /// <summary>Claims a directory until this is disposed or the process ends.</summary>
    /// <exception cref="IOException">Another receiver has it.</exception>
    public static ReceiverClaim Take(string workDirectory) => LockFile.TryTake(Path.Combine(workDirectory, Name)) is { } file
        ? new ReceiverClaim(file)
        : throw new IOException($"Another receiver works with the directory {workDirectory}. One receiver takes any number of workloads, also with several addresses; end that one, or give this one a directory of its own (agent: --work-directory) and another port.");

    public void Dispose() => _file.Dispose();
}
