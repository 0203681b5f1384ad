using U2CMigration.Criu.Options;
using U2CMigration.Criu.PageServer;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Versions;

/// <summary>What the installed CRIU is and can do on this machine.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Features">What it can do with the running kernel.</param>
public sealed record CriuCapabilities(CriuVersion Version, CriuFeatures Features)
{
    /// <summary>The header layout of its page server protocol.</summary>
    public PageServerLayout PageServerLayout => PageServerHeader.LayoutOf(Version);

    /// <summary>Asks CRIU, and thereby fills its cache of kernel features, so that the first dump is as quick as later ones.</summary>
    /// <param name="options">How CRIU is started.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="CriuException">CRIU is not installed, too old or did not answer.</exception>
    public static async Task<CriuCapabilities> ProbeAsync(CriuWorkerOptions? options = null, CancellationToken cancellationToken = default)
    {
        CriuWorker worker = CriuWorker.Start(options);
        await using (worker.ConfigureAwait(false))
        {
            CriuVersion version = await worker.VersionAsync(cancellationToken).ConfigureAwait(false);
            if (version < CriuVersion.Oldest)
            {
                throw new CriuException($"CRIU {version} is too old; install {CriuVersion.Oldest} or newer. Nothing was touched.", "VERSION");
            }

            return new CriuCapabilities(version, await worker.FeatureCheckAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>The same, with options that are to be given later; one that this CRIU does not know makes it fail now rather than then.</summary>
    /// <param name="options">How CRIU is started.</param>
    /// <param name="rawOptions">The options: <see cref="CriuTaskOptions.RawOptions"/>.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="CriuException">CRIU is not installed, too old, does not know an option or did not answer.</exception>
    public static async Task<CriuCapabilities> ProbeAsync(CriuWorkerOptions options, IReadOnlyList<string> rawOptions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rawOptions);
        if (rawOptions.Count == 0)
        {
            return await ProbeAsync(options, cancellationToken).ConfigureAwait(false);
        }

        string file = Path.Combine(Path.GetTempPath(), $"u2c-criu-{Guid.NewGuid():N}.conf");
        RawOptionsFile.Write(file, rawOptions);
        try
        {
            // It is read when CRIU starts, by CRIU 3.19 and newer; the request itself takes no options.
            return await ProbeAsync(options with { CommandPrefix = ["env", $"CRIU_CONFIG_FILE={file}", .. options.CommandPrefix] }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
