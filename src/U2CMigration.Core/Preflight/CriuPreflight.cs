using U2CMigration.Core.Sessions;
using U2CMigration.Criu;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Core.Preflight;

/// <summary>Asks CRIU what it is and what it can do on this kernel.</summary>
internal static class CriuPreflight
{
    public static CriuWorkerOptions WorkerOptions(CriuSettings settings) => new()
    {
        ProgramPath = settings.Path,
        CommandPrefix = settings.Prefix,
        InheritedHandles = [.. settings.InheritedFiles.Select(static file => file.Handle)],
    };

    /// <summary>Starts a worker and asks it.</summary>
    /// <exception cref="CriuException">CRIU is missing, too old or does not answer.</exception>
    public static Task<CriuCapabilities> AskAsync(CriuSettings settings, CancellationToken cancellationToken) =>
        CriuCapabilities.ProbeAsync(WorkerOptions(settings), settings.RawOptions, cancellationToken);
}
