using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Freezing;

/// <summary>Ends everything in control groups, and sees that it has ended.</summary>
internal static class GroupEnd
{
    /// <summary>A task that sleeps uninterruptibly does not end.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Ends it. Groups that are not there are empty.</summary>
    /// <exception cref="IOException">Something in them does not end.</exception>
    public static void Run(IReadOnlyList<string> groups)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (groups.Where(Directory.Exists).Select(static group => (Group: group, Members: MembersOf(group))).Where(static one => one.Members.Count > 0).ToList() is { Count: > 0 } left)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new IOException(
                    $"The processes {string.Join(", ", left.SelectMany(static one => one.Members))} in {string.Join(", ", left.Select(static one => one.Group))} do not end after SIGKILL; they probably sleep uninterruptibly (state D in ps).");
            }

            foreach ((string group, HashSet<int> members) in left)
            {
                Kill(group, members);
            }

            Thread.Sleep(Pause);
        }
    }

    private static void Kill(string group, HashSet<int> members)
    {
        foreach (int processId in members)
        {
            Signals.Send(processId, Signals.Kill);
        }

        // Version 1 lets nothing end that is frozen; what is thawed here dies before it executes anything else.
        if (Path.Combine(group, "freezer.state") is var state && File.Exists(state))
        {
            File.WriteAllText(state, "THAWED");
        }
    }

    private static HashSet<int> MembersOf(string group)
    {
        try
        {
            return CgroupDirectories.Members(group);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
