using System.Diagnostics;
using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Destination;

/// <summary>Removes what runc or crun leave of a restore that has come to nothing.</summary>
internal sealed class RuntimeLeftovers(ContainerRuntime runtime, string stateRoot, string id) : ILeftovers
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

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

    public async Task RemoveAsync(IEnumerable<string> controlGroups, bool isOurs)
    {
        // One of this name that was made and not started is somebody else's, and runc would delete it without being forced.
        if (!isOurs && (await ContainerState.ReadAsync(runtime, stateRoot, id, CancellationToken.None).ConfigureAwait(false)).State is { Status: not "stopped" })
        {
            return;
        }

        // It has no books of the container as a rule, and says so.
        await RuntimeCommand.RunAsync(runtime, RuntimeArguments.Delete(stateRoot, id, force: isOurs), CancellationToken.None).ConfigureAwait(false);
        EmptyGroups.Remove(controlGroups);
    }
}
