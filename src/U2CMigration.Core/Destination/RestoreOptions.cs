using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Destination;

/// <summary>Translates the settings for a restore; what was chosen at the dump has to be chosen again where CRIU does not store it.</summary>
internal static class RestoreOptions
{
    public static CriuRestoreOptions For(DestinationContext context, bool lazyPages)
    {
        CriuSettings criu = context.Options.Criu;
        return new CriuRestoreOptions
        {
            ImagesDirectory = context.ImagesDirectory,
            TcpEstablished = criu.TcpEstablished,
            ShellJob = criu.ShellJob,
            FileLocks = criu.FileLocks,
            ExternalUnixSockets = criu.ExternalUnixSockets,
            LogLevel = (CriuLogLevel)criu.LogLevel,
            CgroupMode = CriuCgroupMode.Ignore,
            LazyPages = lazyPages,
        };
    }
}
