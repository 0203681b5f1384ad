using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;

namespace U2CMigration.Core.Preflight;

/// <summary>The largest deleted file that moves along: from the settings, else from CRIU's own configuration, else the default.</summary>
internal static class DeletedFileLimit
{
    private const string OfCriu = "ghost-limit";

    /// <summary>What CRIU is asked for; 0 for nothing, as what the administrator has written for CRIU would be overridden.</summary>
    public static long ToAskFor(CriuSettings settings, CriuConfiguration configuration) =>
        settings.DeletedFileLimitBytes > 0 ? settings.DeletedFileLimitBytes
        : configuration.Has(OfCriu) ? 0
        : CriuSettings.DefaultDeletedFileLimitBytes;

    /// <summary>What will be in force.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="configuration">CRIU's configuration files.</param>
    public static long InForce(CriuSettings settings, CriuConfiguration configuration) =>
        CriuConfiguration.Parse(settings.RawOptions).BytesOf(OfCriu)
        ?? (ToAskFor(settings, configuration) is > 0 and var asked ? asked : configuration.BytesOf(OfCriu) ?? CriuSettings.DefaultDeletedFileLimitBytes);
}
