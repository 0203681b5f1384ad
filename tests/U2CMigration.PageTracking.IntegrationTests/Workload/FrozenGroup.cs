using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A control group that is frozen until it is disposed.</summary>
internal sealed class FrozenGroup : IDisposable
{
    private readonly string _directory;
    private readonly string _root;
    private readonly int _version;
    private readonly int[] _processes;

    private FrozenGroup(int version, string root, int[] processes)
    {
        _version = version;
        _root = root;
        _processes = processes;
        _directory = Directory.CreateDirectory(Path.Combine(root, $"page-tracking-test-{processes[0]}")).FullName;
    }

    internal static FrozenGroup Freeze(int version, params int[] processes)
    {
        string[] candidates = version == 1 ? ["/sys/fs/cgroup/freezer"] : ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
        string? root = candidates.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, version == 1 ? "tasks" : "cgroup.threads")));
        Requires.That(root is not null, $"The control group hierarchy version {version} with a freezer must be mounted under /sys/fs/cgroup.");
        FrozenGroup group = new(version, root!, processes);
        foreach (int process in processes)
        {
            File.WriteAllText(Path.Combine(group._directory, "cgroup.procs"), $"{process}");
        }

        group.Set(frozen: true);
        return group;
    }

    public void Dispose()
    {
        Set(frozen: false);
        foreach (int process in _processes)
        {
            File.WriteAllText(Path.Combine(_root, "cgroup.procs"), $"{process}");
        }

        Directory.Delete(_directory);
    }

    private void Set(bool frozen)
    {
        (string control, string state, string wanted) = _version == 1
            ? ("freezer.state", "freezer.state", frozen ? "FROZEN" : "THAWED")
            : ("cgroup.freeze", "cgroup.events", frozen ? "frozen 1" : "frozen 0");
        File.WriteAllText(Path.Combine(_directory, control), _version == 1 ? wanted : frozen ? "1" : "0");
        SpinWait.SpinUntil(() => File.ReadAllText(Path.Combine(_directory, state)).Contains(wanted, StringComparison.Ordinal), TimeSpan.FromSeconds(20)).Should().BeTrue();
    }
}
