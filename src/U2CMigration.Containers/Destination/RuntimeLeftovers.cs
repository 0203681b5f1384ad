using System.Diagnostics;
using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Destination;

/// <summary>Removes what a runtime leaves of a restore that has come to nothing.</summary>
internal sealed class RuntimeLeftovers(ContainerRuntime runtime, string stateRoot, string id)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    /// <summary>What to do where the runtime does not know a container that runs.</summary>
    public string Remedy => $"Look whether '{runtime} list' names {id}; if not, end its processes when it may stop, and start it again.";

    /// <summary>Waits until the runtime has ended, which it does as soon as it hears that the restore has failed; ends it where it does not.</summary>
    public static async Task EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(EndLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Removes it.</summary>
    /// <param name="controlGroups">The control groups of the container, as in <c>/proc/PID/cgroup</c>.</param>
    /// <param name="isOurs">Whether the container of this name is that of the migration; otherwise one that runs is left alone, as somebody else has made it.</param>
    public async Task RemoveAsync(IEnumerable<string> controlGroups, bool isOurs)
    {
        // It has no books of the container as a rule, and says so.
        await RuntimeCommand.RunAsync(runtime, RuntimeArguments.Delete(stateRoot, id, force: isOurs), CancellationToken.None).ConfigureAwait(false);
        foreach (string group in controlGroups.Where(static group => group.Trim('/').Length > 0))
        {
            foreach (string hierarchy in Hierarchies())
            {
                TryRemove(Path.Combine(hierarchy, group.Trim('/')));
            }
        }
    }

    private static IEnumerable<string> Hierarchies() =>
        from line in File.ReadLines("/proc/self/mountinfo")
        where line.Contains(" - cgroup", StringComparison.Ordinal)
        select line.Split(' ')[4];

    /// <summary>With those below it, which runtimes make for themselves; what holds processes stays.</summary>
    private static void TryRemove(string group)
    {
        try
        {
            foreach (string below in Directory.EnumerateDirectories(group))
            {
                TryRemove(below);
            }

            Directory.Delete(group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not there, or in use.
        }
    }
}
