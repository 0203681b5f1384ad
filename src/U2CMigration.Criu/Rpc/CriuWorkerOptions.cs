using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Rpc;

/// <summary>How a CRIU worker process is started.</summary>
public sealed record CriuWorkerOptions
{
    /// <summary>The CRIU program: a name that is looked up on the PATH, or a path.</summary>
    /// <value>Default: <c>criu</c>.</value>
    public string ProgramPath { get; init; } = Workers.CriuProgram.DefaultName;

    /// <summary>A command that starts CRIU, for example <c>nsenter --mount=/proc/5/ns/mnt --</c>, as separate arguments.</summary>
    /// <value>Default: empty, CRIU is started directly. A prefix costs its own start, 1 to 2 ms.</value>
    /// <remarks>
    /// CRIU finds the images directory through <c>/proc/PID/fd</c> of this process, so with a prefix that enters another PID namespace this
    /// process has to be visible there.
    /// </remarks>
    public IReadOnlyList<string> CommandPrefix { get; init; } = [];

    /// <summary>The network namespace that CRIU runs in, for example <c>/proc/5/ns/net</c>.</summary>
    /// <value>Default: empty, the one of this process. Needs CAP_SYS_ADMIN; costs no extra process.</value>
    public string NetworkNamespace { get; init; } = string.Empty;

    /// <summary>Descriptors that CRIU inherits, for a page server connection or for <see cref="Options.CriuRestoreOptions.InheritedDescriptors"/>.</summary>
    /// <value>Default: empty. Their numbers in CRIU are told by <see cref="CriuWorker.InheritedDescriptor"/>. They stay the caller's to close.</value>
    public IReadOnlyList<SafeHandle> InheritedHandles { get; init; } = [];

    /// <summary>The worker lies at the same addresses each time, above the place where processes with random ones begin.</summary>
    internal bool HasFixedAddresses { get; init; }
}
