using System.Globalization;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Guardians;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Convergence;

/// <summary>Limits the processor time of a process tree and gives it back, also when this process is killed meanwhile.</summary>
/// <remarks>
/// Needs a cpu controller (<c>cpu.cfs_quota_us</c> or <c>cpu.max</c>, admin-guide/cgroup-v1/sched-bwc and cgroup-v2 in the kernel's documentation). In version 1 a tree that
/// shares its group with others is put into a group of its own for the time.
/// </remarks>
internal sealed class CpuThrottle : IDisposable
{
    private const int MovingPasses = 20;

    /// <summary>The kernel takes no less.</summary>
    private const int LeastQuotaMicroseconds = 1_000;

    private readonly CpuGroup _limited;
    private readonly string? _home;
    private readonly string _quotaBefore;
    private readonly int _periodMicroseconds;
    private readonly Guardian _guardian;
    private bool _disposed;

    private CpuThrottle(CpuGroup limited, string? home)
    {
        _limited = limited;
        _home = home;
        _quotaBefore = File.ReadAllText(limited.QuotaFile).Trim();

        // The period stays as it is (100 ms unless somebody chose another): a tenth of it would make 10 % the least that can be given.
        string period = limited.IsVersion2 ? _quotaBefore.Split(' ')[1] : File.ReadAllText(Path.Combine(limited.Directory, "cpu.cfs_period_us"));
        _periodMicroseconds = int.Parse(period, CultureInfo.InvariantCulture);
        _guardian = QuotaGuardian.Start(limited, home, _quotaBefore);
    }

    /// <summary>Prepares to throttle a tree; changes nothing about its speed yet.</summary>
    /// <returns>Null where no cpu controller reaches the tree.</returns>
    public static CpuThrottle? TryCreate(int rootProcessId)
    {
        if (CpuGroup.Find(rootProcessId) is not { } group)
        {
            return null;
        }

        if (!group.IsShared)
        {
            return new CpuThrottle(group, null);
        }

        string own = Path.Combine(group.Directory, $"u2c-throttle-{rootProcessId.ToString(CultureInfo.InvariantCulture)}");
        Directory.CreateDirectory(own);
        MoveAll(() => [.. ProcessTree.List(rootProcessId).Except(CgroupDirectories.Members(own))], own);
        return new CpuThrottle(group with { Directory = own, IsShared = false }, group.Directory);
    }

    /// <summary>Gives the tree this many processors' time: 0.5 is half of one.</summary>
    public void Limit(double processors)
    {
        int quota = Math.Max(LeastQuotaMicroseconds, (int)(processors * _periodMicroseconds));
        string text = quota.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(_limited.QuotaFile, _limited.IsVersion2 ? string.Create(CultureInfo.InvariantCulture, $"{text} {_periodMicroseconds}") : text);
    }

    /// <summary>Gives back what the tree had before.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        File.WriteAllText(_limited.QuotaFile, _quotaBefore);
        if (_home is not null)
        {
            MoveAll(() => [.. CgroupDirectories.Members(_limited.Directory)], _home);
        }

        _guardian.Dispose();
    }

    /// <summary>Until a listing shows none: what is forked meanwhile begins where its parent is.</summary>
    private static void MoveAll(Func<IReadOnlyList<int>> list, string group)
    {
        for (int pass = 0; pass < MovingPasses && list() is [_, ..] processes; pass++)
        {
            Move(processes, group);
        }
    }

    private static void Move(IReadOnlyList<int> processes, string group)
    {
        foreach (int processId in processes)
        {
            try
            {
                File.WriteAllText(Path.Combine(group, "cgroup.procs"), processId.ToString(CultureInfo.InvariantCulture));
            }
            catch (IOException) when (!ProcessTree.TryReadStat(processId, out ProcessStat stat) || stat.HasEnded)
            {
                // It has ended since it was listed.
            }
        }
    }
}
