using System.Collections.Frozen;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.FileLocks;

/// <summary>Which file systems several hosts can have mounted at the same time.</summary>
internal static class FileSystems
{
    /// <summary>The numbers of statfs(2), uapi/linux/magic.h and the sources of those that are not in there.</summary>
    private static readonly FrozenSet<long> Shared = new long[]
    {
        0x6969, // NFS
        0xFE534D42, // SMB
        0xFF534D42, // CIFS
        0x01021997, // 9p
        0x00C36400, // Ceph
        0x65735546, // FUSE: virtiofs, GlusterFS, sshfs
        0x01161970, // GFS2
        0x7461636F, // OCFS2
        0x0BD00BD0, // Lustre
        0x47504653, // GPFS
        0x19830326, // BeeGFS
        0x5346414F, // AFS
        0x6B414653, // kAFS
    }.ToFrozenSet();

    /// <summary>Whether a file lies on one.</summary>
    public static bool CanBeShared(string path) => Shared.Contains(StatFs.TypeOf(path));
}
