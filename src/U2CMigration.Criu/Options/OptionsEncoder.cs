using U2CMigration.Criu.Protobuf.Rpc;
using Wire = U2CMigration.Criu.Protobuf.Rpc.Options;

namespace U2CMigration.Criu.Options;

/// <summary>Turns options into CRIU's message. What has CRIU's default is left out, so that a configuration file and older versions keep their say.</summary>
internal static class OptionsEncoder
{
    private const uint NewNetwork = 0x40000000;

    internal static Wire Encode(CriuDumpOptions options, int imagesDescriptor, int workDescriptor)
    {
        Wire wire = EncodeCommon(options, imagesDescriptor, workDescriptor);
        wire.Pid = options.ProcessId;
        if (options.FreezeTimeout != CriuDumpOptions.DefaultFreezeTimeout)
        {
            wire.Timeout = (uint)options.FreezeTimeout.TotalSeconds;
        }

        wire.IrmapScanPaths.AddRange(options.InodeMapPaths);
        SetIf(options.LeaveRunning, static target => target.LeaveRunning = true, wire);
        SetIf(options.LeaveStopped, static target => target.LeaveStopped = true, wire);
        SetIf(options.TrackMemory, static target => target.TrackMem = true, wire);
        SetIf(options.AutoDeduplicate, static target => target.AutoDedup = true, wire);
        SetText(options.ParentImages, static (target, text) => target.ParentImg = text, wire);
        SetText(options.FreezeCgroup, static (target, text) => target.FreezeCgroup = text, wire);
        if (options.PreDumpMode == CriuPreDumpMode.VmRead)
        {
            wire.PreDumpMode = PreDumpMode.VmRead;
        }

        if (options.GhostFileLimitBytes > 0)
        {
            wire.GhostLimit = (uint)options.GhostFileLimitBytes;
        }

        if (options.LazyPages)
        {
            wire.LazyPages = true;
            wire.Ps = new PageServerInfo { Port = options.LazyPort };
        }
        else if (options.PageServer is { } server)
        {
            wire.Ps = server.Descriptor >= 0
                ? new PageServerInfo { Fd = server.Descriptor }
                : new PageServerInfo { Address = server.Address, Port = server.Port };
        }

        return wire;
    }

    internal static Wire Encode(CriuRestoreOptions options, int imagesDescriptor, int workDescriptor)
    {
        Wire wire = EncodeCommon(options, imagesDescriptor, workDescriptor);
        SetIf(options.LazyPages, static target => target.LazyPages = true, wire);
        SetIf(options.AsChild, static target => target.RstSibling = true, wire);
        SetIf(options.AutoDeduplicate, static target => target.AutoDedup = true, wire);
        SetIf(options.SkipFileRightsCheck, static target => target.SkipFileRwxCheck = true, wire);
        SetText(options.CgroupYard, static (target, text) => target.CgroupYard = text, wire);
        wire.JoinNs.AddRange(options.JoinNamespaces.Select(static item => new JoinNamespace { Ns = item.Kind, NsFile = item.Path }));
        wire.InheritFd.AddRange(options.InheritedDescriptors.Select(static item => new InheritFd { Key = item.Key, Fd = item.Descriptor }));
        return wire;
    }

    internal static Wire Encode(CriuPageServerOptions options, int imagesDescriptor, int workDescriptor)
    {
        Wire wire = EncodeCommon(options, imagesDescriptor, workDescriptor);
        wire.Ps = new PageServerInfo { Port = options.Port };
        if (options.Address.Length > 0)
        {
            wire.Ps.Address = options.Address;
        }

        SetText(options.ParentImages, static (target, text) => target.ParentImg = text, wire);
        return wire;
    }

    private static Wire EncodeCommon(CriuTaskOptions options, int imagesDescriptor, int workDescriptor)
    {
        Wire wire = options.Runtime?.ToOptions() ?? new Wire();
        wire.ImagesDirFd = imagesDescriptor;
        wire.WorkDirFd = workDescriptor;
        wire.LogFile = options.LogFile;
        wire.LogLevel = (int)options.LogLevel;
        SetIf(options.TcpEstablished, static target => target.TcpEstablished = true, wire);
        SetIf(options.TcpSkipInFlight, static target => target.TcpSkipInFlight = true, wire);
        SetIf(options.TcpClose, static target => target.TcpClose = true, wire);
        SetIf(options.ShellJob, static target => target.ShellJob = true, wire);
        SetIf(options.ExternalUnixSockets, static target => target.ExtUnixSk = true, wire);
        SetIf(options.EvasiveDevices, static target => target.EvasiveDevices = true, wire);
        SetIf(options.FileLocks, static target => target.FileLocks = true, wire);
        SetIf(options.LinkRemap, static target => target.LinkRemap = true, wire);
        SetIf(options.ForceInodeMap, static target => target.ForceIrmap = true, wire);
        SetIf(options.EmptyNetworkNamespace, static target => target.EmptyNs = NewNetwork, wire);
        SetIf(options.MountCompatibilityMode, static target => target.MntnsCompatMode = true, wire);
        SetIf(options.Unprivileged, static target => target.Unprivileged = true, wire);
        SetIf(options.DisplayStatistics, static target => target.DisplayStats = true, wire);
        SetText(options.Root, static (target, text) => target.Root = text, wire);
        SetText(options.LsmProfile, static (target, text) => target.LsmProfile = text, wire);
        SetText(options.LsmMountContext, static (target, text) => target.LsmMountContext = text, wire);
        SetText(options.RawOptions.Count > 0 ? options.RawOptionsPath : options.ConfigurationFile, static (target, text) => target.ConfigFile = text, wire);
        if (options.AutoExternalMounts)
        {
            wire.AutoExtMnt = wire.ExtSharing = wire.ExtMasters = true;
        }

        wire.External.AddRange(options.External);
        wire.SkipMnt.AddRange(options.SkipMounts);
        wire.EnableFs.AddRange(options.EnableFileSystems);
        wire.CgRoot.AddRange(options.CgroupRoots.Select(Encode));
        if (options.CgroupMode != CriuCgroupMode.CriuDefault)
        {
            wire.ManageCgroups = true;
            wire.ManageCgroupsMode = (CgroupMode)options.CgroupMode;
        }

        if (options.NetworkLock != CriuNetworkLock.CriuDefault)
        {
            wire.NetworkLock = (NetworkLock)options.NetworkLock;
        }

        return wire;
    }

    private static CgroupRoot Encode(CriuCgroupRoot root)
    {
        var wire = new CgroupRoot { Path = root.Path };
        if (root.Controller is { Length: > 0 })
        {
            wire.Ctrl = root.Controller;
        }

        return wire;
    }

    private static void SetIf(bool wanted, Action<Wire> set, Wire wire)
    {
        if (wanted)
        {
            set(wire);
        }
    }

    private static void SetText(string text, Action<Wire, string> set, Wire wire)
    {
        if (text.Length > 0)
        {
            set(wire, text);
        }
    }
}
