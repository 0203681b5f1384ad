using U2CMigration.Core.Agreement;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Core.Destination;

/// <summary>Translates the settings for a restore: what was chosen at the dump is chosen again where CRIU does not store it, and what this host says itself counts.</summary>
internal static class RestoreOptions
{
    public static CriuRestoreOptions For(DestinationContext context, bool lazyPages, IReadOnlyList<CriuInheritedDescriptor> given)
    {
        RestoreNeeds needs = RestoreNeeds.Parse(context.Offer.Requirements, out _);
        bool hasOwnGroup = context.Options.CgroupDirectory is not null;
        CriuRestoreOptions options = For(context.Options.Criu, needs, CriuConfiguration.Read(), hasOwnGroup, context.ImagesDirectory);
        return OwnerRules.Apply(options with { LazyPages = lazyPages, InheritedDescriptors = [.. options.InheritedDescriptors, .. given] }, context.Restore);
    }

    internal static CriuRestoreOptions For(CriuSettings criu, RestoreNeeds needs, CriuConfiguration configuration, bool hasOwnGroup, string imagesDirectory)
    {
        CriuCgroupMode groups = criu.Cgroups.Mode == CriuCgroupMode.Ignore ? needs.CgroupMode : criu.Cgroups.Mode;
        bool closes = criu.TcpClose || needs.TcpClose;
        return new CriuRestoreOptions
        {
            ImagesDirectory = imagesDirectory,
            TcpEstablished = criu.TcpEstablished && !closes,
            TcpClose = closes,
            ShellJob = criu.ShellJob,
            FileLocks = criu.FileLocks,
            ExternalUnixSockets = criu.ExternalUnixSockets || needs.ExternalUnixSockets,
            LinkRemap = criu.LinkRemap || needs.LinkRemap,
            Root = criu.Mounts.Root.Length > 0 ? criu.Mounts.Root : needs.Root,
            AutoExternalMounts = criu.Mounts.AutoExternal || needs.AutoExternalMounts,
            SkipMounts = [.. criu.Mounts.Skip.Union(needs.SkippedMounts)],
            EnableFileSystems = [.. criu.Mounts.FileSystems.Union(needs.FileSystems)],
            MountCompatibilityMode = criu.Mounts.CompatibilityMode || needs.MountCompatibility,
            LsmMountContext = criu.Mounts.LsmContext,
            External = [.. ExternalMounts(criu, needs).Select(static mount => $"mnt[{mount.MountPoint}]:{mount.Source}"), .. criu.External],
            EmptyNetworkNamespace = criu.EmptyNetworkNamespace || needs.EmptyNetworkNamespace,
            CgroupMode = hasOwnGroup ? CriuCgroupMode.Ignore : CgroupChoice.Of(groups, configuration),
            CgroupRoots = criu.Cgroups.Roots,
            CgroupYard = criu.Cgroups.Yard,
            JoinNamespaces = criu.JoinNamespaces,
            InheritedDescriptors = [.. criu.InheritedFiles.Select(static (file, index) => new CriuInheritedDescriptor(file.Key, CriuWorker.InheritedDescriptor(index)))],
            SkipFileRightsCheck = criu.SkipFileRightsCheck,
            LsmProfile = criu.LsmProfile,

            // A choice that CRIU takes from its configuration only; before the caller's own lines, as the last one counts.
            RawOptions = criu.FileValidation == CriuFileValidation.Size ? ["file-validation filesize", .. criu.RawOptions] : criu.RawOptions,
            LogLevel = (CriuLogLevel)criu.LogLevel,
        };
    }

    private static IEnumerable<CriuExternalMount> ExternalMounts(CriuSettings criu, RestoreNeeds needs) =>
        criu.Mounts.External.Concat(needs.ExternalMounts.ExceptBy(criu.Mounts.External.Select(static mount => mount.MountPoint), static mount => mount.MountPoint));
}
