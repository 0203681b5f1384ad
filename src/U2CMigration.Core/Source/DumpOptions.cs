using U2CMigration.Core.Agreement;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Source;

/// <summary>Translates the settings for a dump.</summary>
internal static class DumpOptions
{
    /// <summary>What is known before the freeze; the caller adds the rest.</summary>
    public static CriuDumpOptions For(SourceContext context) =>
        OwnerRules.Apply(For(context.Options.Criu, CriuConfiguration.Read(), context.Target.RootProcessId, context.ImagesDirectory), context.Tree.Dump);

    internal static CriuDumpOptions For(CriuSettings criu, CriuConfiguration configuration, int processId, string imagesDirectory) => new()
    {
        ProcessId = processId,
        ImagesDirectory = imagesDirectory,
        TcpEstablished = criu.TcpEstablished && !criu.TcpClose,
        TcpClose = criu.TcpClose,
        TcpSkipInFlight = criu.TcpSkipInFlight,
        ShellJob = criu.ShellJob,
        FileLocks = criu.FileLocks,
        ExternalUnixSockets = criu.ExternalUnixSockets,
        LinkRemap = criu.LinkRemap,
        GhostFileLimitBytes = DeletedFileLimit.ToAskFor(criu, configuration),
        ForceInodeMap = criu.ForceInodeMap,
        InodeMapPaths = criu.InodeMapPaths,
        EvasiveDevices = criu.EvasiveDevices,
        Root = criu.Mounts.Root,
        AutoExternalMounts = criu.Mounts.AutoExternal,
        SkipMounts = criu.Mounts.Skip,
        EnableFileSystems = criu.Mounts.FileSystems,
        MountCompatibilityMode = criu.Mounts.CompatibilityMode,

        // The name under which a mount stands in the images is its mount point: unique, and the same at the restore.
        External = [.. criu.Mounts.External.Select(static mount => $"mnt[{mount.MountPoint}]:{mount.MountPoint}"), .. criu.External],
        EmptyNetworkNamespace = criu.EmptyNetworkNamespace,
        CgroupMode = CgroupChoice.Of(criu.Cgroups.Mode, configuration),
        RawOptions = criu.RawOptions,
        LogLevel = (CriuLogLevel)criu.LogLevel,
    };
}
