namespace U2CMigration.Criu.IntegrationTests;

/// <summary>A control group with a freezer that holds a target.</summary>
internal sealed class TestGroup : IDisposable
{
    private static readonly (string Root, string File, string Frozen, string Thawed)[] Known =
    [
        ("/sys/fs/cgroup/freezer", "freezer.state", "FROZEN", "THAWED"),
        ("/sys/fs/cgroup/unified", "cgroup.freeze", "1", "0"),
        ("/sys/fs/cgroup", "cgroup.freeze", "1", "0"),
    ];

    private readonly string _root;
    private readonly string _file;

    public TestGroup(string root, string file, TargetProcess target)
    {
        string path = System.IO.Path.Combine(root, $"u2c-criu-test-{target.ProcessId}");
        if (!TryMake(path, file))
        {
            // Which hierarchies exist is a choice of the machine.
            Assert.Skip($"there is no freezer with {file} in {root}");
        }

        _root = root;
        _file = file;
        Path = path;
        foreach (int id in target.Children().Append(target.ProcessId))
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "cgroup.procs"), $"{id}");
        }
    }

    /// <summary>The freezers that this host has: version 1, version 2 beside it, or version 2 alone.</summary>
    public static IEnumerable<(string Root, string File, string Frozen, string Thawed)> Freezers =>
        Known.Where(static freezer => File.Exists(System.IO.Path.Combine(freezer.Root, "cgroup.procs")));

    public string Path { get; }

    /// <summary>A group with the first freezer that there is.</summary>
    public static TestGroup Any(TargetProcess target)
    {
        (string root, string file, _, _) = Freezers.First();
        return new TestGroup(root, file, target);
    }

    public void Freeze()
    {
        Write(Known.First(freezer => freezer.File == _file).Frozen);
        string events = System.IO.Path.Combine(Path, "cgroup.events");
        SpinWait.SpinUntil(() => !File.Exists(events) || File.ReadAllText(events).Contains("frozen 1", StringComparison.Ordinal), TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    public void Thaw() => Write(Known.First(freezer => freezer.File == _file).Thawed);

    public string Read() => File.ReadAllText(System.IO.Path.Combine(Path, _file)).Trim();

    public void Write(string state)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, _file), state);
        SpinWait.SpinUntil(() => Read() == state, TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    public void Dispose()
    {
        foreach (string id in File.ReadAllLines(System.IO.Path.Combine(Path, "cgroup.procs")))
        {
            File.WriteAllText(System.IO.Path.Combine(_root, "cgroup.procs"), id);
        }

        SpinWait.SpinUntil(TryRemove, TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    private static bool TryMake(string path, string file)
    {
        try
        {
            System.IO.Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        if (File.Exists(System.IO.Path.Combine(path, file)))
        {
            return true;
        }

        System.IO.Directory.Delete(path);
        return false;
    }

    private bool TryRemove()
    {
        try
        {
            System.IO.Directory.Delete(Path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
