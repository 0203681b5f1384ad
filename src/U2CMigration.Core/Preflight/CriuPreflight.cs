using U2CMigration.Core.Sessions;
using U2CMigration.Criu;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Core.Preflight;

/// <summary>Asks CRIU what it is and what it can do on this kernel.</summary>
internal static class CriuPreflight
{
    public static CriuWorkerOptions WorkerOptions(CriuSettings settings) => new() { ProgramPath = settings.Path, CommandPrefix = settings.Prefix };

    /// <summary>Starts a worker and asks it.</summary>
    /// <exception cref="CriuException">CRIU is missing or does not answer.</exception>
    public static async Task<(CriuVersion Version, CriuFeatures Features)> AskAsync(CriuSettings settings, CancellationToken cancellationToken)
    {
        CriuWorker worker = CriuWorker.Start(WorkerOptions(settings));
        await using (worker.ConfigureAwait(false))
        {
            CriuVersion version = await worker.VersionAsync(cancellationToken).ConfigureAwait(false);
            CriuFeatures features = await worker.FeatureCheckAsync(cancellationToken).ConfigureAwait(false);
            return (version, features);
        }
    }
}
