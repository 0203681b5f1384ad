using System.Globalization;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Freezing;

/// <summary>
/// The control group of a workload that arrives: CRIU restores it in there, it is frozen before its first instruction, and the commit thaws it. So CRIU can finish before anything is decided, and
/// what happens to CRIU or to this program from then on changes nothing.
/// </summary>
internal sealed class ArrivalGroup
{
    private const string Parent = "u2cmigration";
    private const string CriuSuffix = "-criu";

    /// <summary>At the last stop of CRIU no task waits for anything, so that all freeze within a millisecond.</summary>
    private static readonly TimeSpan FreezeLimit = TimeSpan.FromSeconds(1);

    /// <summary>What was made in this moment is not entered yet.</summary>
    private static readonly TimeSpan YoungGroup = TimeSpan.FromMinutes(1);

    /// <summary>Groups of callers that are used as they are, by a workload which has not arrived yet.</summary>
    private static readonly HashSet<string> Filling = [];

    private readonly string _directory;
    private readonly string _workerDirectory;
    private readonly List<string> _groups;

    private ArrivalGroup(string directory, string workerDirectory)
    {
        (_directory, _workerDirectory) = (directory, workerDirectory);
        _groups = [directory];
    }

    /// <summary>The groups that hold the workload and nothing else.</summary>
    public IReadOnlyList<string> Groups => _groups;

    /// <summary>These and the group of CRIU: everything that belongs to the restore.</summary>
    public IReadOnlyList<string> All => [.. _groups, _workerDirectory];

    /// <summary>Makes the group.</summary>
    /// <param name="wanted">The group that the workload is to be put into; null for one of its own.</param>
    /// <param name="migrationId">Names what is made.</param>
    /// <exception cref="IOException">There is no freezer, or a group cannot be made.</exception>
    public static ArrivalGroup Create(string? wanted, Guid migrationId)
    {
        string name = migrationId.ToString("N");
        if (wanted is not null && HasFreezer(wanted))
        {
            return CreateIn(wanted, name);
        }

        string parent = Path.Combine(FindRoot(), Parent);
        Make(parent);
        return new ArrivalGroup(MakeNew(Path.Combine(parent, name)), MakeNew(Path.Combine(parent, name + CriuSuffix)));
    }

    private static ArrivalGroup CreateIn(string wanted, string name)
    {
        lock (Filling)
        {
            if (Filling.Contains(wanted))
            {
                // To freeze a group, or to end what is in it, is to do so to all groups below.
                throw new IOException($"Another workload is just arriving in the control group {wanted}. Try again, or have the receiver put each into a group of its own.");
            }

            string root = Path.GetDirectoryName(wanted.TrimEnd('/'))!;
            string worker = Make(Path.Combine(File.Exists(Path.Combine(root, "cgroup.procs")) ? root : wanted, $"{Parent}-{name}"));
            bool isFree = CgroupDirectories.Members(wanted).Count == 0;
            if (isFree)
            {
                Filling.Add(wanted);
            }

            return new ArrivalGroup(isFree ? wanted : MakeNew(Path.Combine(wanted, name)), worker);
        }
    }

    /// <summary>Why workloads cannot be held frozen on this host; null where they can.</summary>
    /// <param name="wanted">The group that they are to be put into; null for one of their own.</param>
    public static string? Problem(string? wanted)
    {
        try
        {
            if (wanted is null || !HasFreezer(wanted))
            {
                FindRoot();
            }

            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    /// <summary>Removes groups whose workloads have ended.</summary>
    public static void RemoveEmpty()
    {
        try
        {
            foreach (string group in Directory.EnumerateDirectories(Path.Combine(FindRoot(), Parent)))
            {
                if (TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(group) > YoungGroup)
                {
                    TryRemove(group);
                }
            }
        }
        catch (IOException)
        {
            // There is none.
        }
    }

    /// <summary>Puts the worker in, so that the processes that it restores begin there.</summary>
    public void Enter(int workerProcessId) => Move(workerProcessId, _directory);

    /// <summary>Moves this process to where it is.</summary>
    public static void MoveNothing()
    {
        CgroupDirectories own = CgroupDirectories.Of(Environment.ProcessId);
        if ((own.Unified ?? own.Version1("freezer")) is { } group)
        {
            Move(Environment.ProcessId, group);
        }
    }

    /// <summary>Takes the worker out, once the root of the tree exists: all other processes are descendants of that.</summary>
    public void Leave(int workerProcessId) => Move(workerProcessId, Make(_workerDirectory)); // it was empty until now, and may have been taken for what is left of another migration

    /// <summary>Freezes the complete tree, while CRIU waits at its last stop.</summary>
    /// <param name="rootProcessId">Its root.</param>
    /// <param name="isOfOwner">Whether the owner of the tree decides in which groups it is.</param>
    /// <exception cref="IOException">It cannot be frozen; the processes may be about to run.</exception>
    public void Freeze(int rootProcessId, bool isOfOwner = false)
    {
        HashSet<int> tree = [.. Living(rootProcessId)];
        foreach (int stranger in CgroupDirectories.Members(_directory).Except(tree))
        {
            // CRIU, where it has not left, and its helpers.
            Move(stranger, Make(_workerDirectory));
        }

        if (isOfOwner)
        {
            // CRIU, and what the owner of the tree has in its group while it is restored.
            foreach (int stranger in Freezable(tree.First()) is { } group ? CgroupDirectories.Members(group).Except(tree).ToList() : [])
            {
                Move(stranger, Make(_workerDirectory));
            }
        }

        Gather(tree);
        foreach (string group in _groups)
        {
            Freezer(group).Freeze(CancellationToken.None);
        }

        if (!tree.SetEquals(_groups.SelectMany(CgroupDirectories.Members)))
        {
            throw new IOException($"The control groups {string.Join(", ", _groups)} hold other processes than the restored tree.");
        }
    }

    /// <summary>Lets the tree run.</summary>
    public void Thaw() => Thaw(_groups);

    /// <summary>Ends everything in the groups; when it returns, none of it executes any more.</summary>
    /// <exception cref="IOException">Something does not end.</exception>
    public void Kill() => GroupEnd.Run(All);

    /// <summary>Lets trees run that were frozen here; groups that are gone held what has ended.</summary>
    public static void Thaw(IEnumerable<string> groups)
    {
        foreach (string group in groups.Where(Directory.Exists))
        {
            Freezer(group).Thaw();
        }
    }

    /// <summary>Removes what is not needed any more.</summary>
    /// <param name="runs">Whether the workload lives in the group.</param>
    public void Release(bool runs)
    {
        TryRemove(_workerDirectory);
        lock (Filling)
        {
            Filling.Remove(_directory);
        }

        if (Path.GetFileName(_directory).Length == 32)
        {
            // A tree that lives in it, or that has another one from its owner.
            TryRemove(_directory);
        }
    }

    /// <summary>Whether CRIU was in a group while it ended, and nothing else.</summary>
    public static bool IsOfCriu(string group) => group.EndsWith(CriuSuffix, StringComparison.Ordinal) || Path.GetFileName(group).StartsWith(Parent + "-", StringComparison.Ordinal);

    /// <summary>Removes groups that a receiver made which died; those that were there before it are not its own.</summary>
    public static void Remove(IEnumerable<string> groups)
    {
        foreach (string group in groups.Where(static group => group.Contains(Parent, StringComparison.Ordinal)))
        {
            TryRemove(group);
        }
    }

    private static bool HasFreezer(string directory) => File.Exists(Path.Combine(directory, "cgroup.freeze")) || File.Exists(Path.Combine(directory, "freezer.state"));

    private static CgroupFreezer Freezer(string group) => new(group, File.Exists(Path.Combine(group, "cgroup.freeze")), FreezeLimit);

    private static IEnumerable<int> Living(int rootProcessId) =>
        ProcessTree.List(rootProcessId).Where(static one => ProcessTree.TryReadStat(one, out ProcessStat stat) && !stat.HasEnded);

    /// <summary>Version 2 first: its tasks can be killed while they are frozen.</summary>
    private static string FindRoot()
    {
        string mounts = File.ReadAllText("/proc/self/mountinfo");
        var directories = new CgroupDirectories("0::/\n1:freezer:/\n", mounts);
        foreach (string? root in (string?[])[directories.Unified, directories.Version1("freezer")])
        {
            if (root is not null)
            {
                string parent = Make(Path.Combine(root, Parent));
                if (HasFreezer(parent))
                {
                    return root;
                }
            }
        }

        throw new IOException("The control groups of this host have no freezer: a kernel from 5.2 on with the unified hierarchy is needed, or the freezer of version 1. Workloads cannot be received without one.");
    }

    /// <summary>One of each name, ever: what is in it ends with the migration if that fails.</summary>
    private static string MakeNew(string directory)
    {
        if (Directory.Exists(directory))
        {
            throw new IOException($"The control group {directory} is there already: a migration of this identity was here before, and its workload may live in it.");
        }

        return Make(directory);
    }

    private static string Make(string directory)
    {
        try
        {
            return Directory.CreateDirectory(directory).FullName;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The control group {directory} cannot be made ({e.Message.TrimEnd('.')}). Run the receiver as root where control groups can be written.", e);
        }
    }

    private static void TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // In use, or gone.
        }
    }

    private static void Move(int processId, string directory)
    {
        try
        {
            File.WriteAllText(Path.Combine(directory, "cgroup.procs"), processId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException) when (!Directory.Exists($"/proc/{processId}"))
        {
            // It has ended.
        }
    }

    /// <summary>Where CRIU was told to restore control groups, tasks are in those of the images: these are frozen instead, and where others are in them a group below.</summary>
    private void Gather(HashSet<int> tree)
    {
        HashSet<int> elsewhere = [.. tree.Except(CgroupDirectories.Members(_directory))];
        while (elsewhere.Count > 0)
        {
            string group = Freezable(elsewhere.First()) ?? throw new IOException("A restored process is in no control group that can be frozen.");
            HashSet<int> members = [.. Directory.Exists(group) ? ReadMembers(group) : []];
            if (!members.IsSubsetOf(tree) || !HasFreezer(group))
            {
                group = HasFreezer(group) ? Make(Path.Combine(group, Path.GetFileName(_directory))) : _directory;
                foreach (int processId in members.Where(elsewhere.Contains))
                {
                    Move(processId, group);
                }
            }

            if (!_groups.Contains(group))
            {
                _groups.Add(group);
            }

            int before = elsewhere.Count;
            elsewhere.ExceptWith(ReadMembers(group));
            if (elsewhere.Count == before)
            {
                throw new IOException($"The restored processes {string.Join(", ", elsewhere)} cannot be frozen in {group}.");
            }
        }
    }

    /// <summary>The group of a process in the hierarchy that is used here.</summary>
    private string? Freezable(int processId)
    {
        CgroupDirectories directories = CgroupDirectories.Of(processId);
        return File.Exists(Path.Combine(_directory, "cgroup.freeze")) ? directories.Unified : directories.Version1("freezer");
    }

    private static IEnumerable<int> ReadMembers(string group) => File.ReadLines(Path.Combine(group, "cgroup.procs")).Select(static line => int.Parse(line, CultureInfo.InvariantCulture));
}
