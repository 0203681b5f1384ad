using U2CMigration.Core.Freezing;

namespace U2CMigration.Core.Convergence;

/// <summary>A cgroup whose processor time can be limited.</summary>
/// <param name="Directory">Its directory.</param>
/// <param name="IsVersion2">Whether it belongs to the version 2 hierarchy.</param>
/// <param name="IsShared">Whether it holds other processes than the tree.</param>
internal sealed record CpuGroup(string Directory, bool IsVersion2, bool IsShared)
{
    private const string Quota1 = "cpu.cfs_quota_us";
    private const string Quota2 = "cpu.max";

    /// <summary>The file that holds the quota.</summary>
    public string QuotaFile => Path.Combine(Directory, IsVersion2 ? Quota2 : Quota1);

    /// <summary>Finds the group of a tree, the one of its own before one that it shares.</summary>
    /// <returns>Null where no cpu controller reaches the tree.</returns>
    public static CpuGroup? Find(int rootProcessId)
    {
        CgroupDirectories directories = CgroupDirectories.Of(rootProcessId);
        if (directories.Unified is { } unified && File.Exists(Path.Combine(unified, Quota2)) && CgroupDirectories.HoldsExactly(unified, rootProcessId))
        {
            return new CpuGroup(unified, IsVersion2: true, IsShared: false);
        }

        // In the root of a hierarchy the file exists as well, but takes no limit: there a group of our own is made inside.
        return directories.Version1("cpu") is { } group && File.Exists(Path.Combine(group, Quota1))
            ? new CpuGroup(group, IsVersion2: false, !CgroupDirectories.HoldsExactly(group, rootProcessId))
            : null;
    }
}
