using System.Diagnostics;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;
using U2CMigration.Criu;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Stub;

namespace U2CMigration.Containers.Destination;

/// <summary>A runtime that was told to restore a container, and waits in the stub for the images.</summary>
/// <param name="Process">The runtime.</param>
/// <param name="Ended">Completes when it has ended.</param>
/// <param name="Stub">What it takes for CRIU.</param>
/// <param name="Restore">What it has asked for.</param>
internal sealed record RestoreCall(Process Process, Task Ended, CriuStub Stub, RuntimeRestore Restore)
{
    /// <summary>It takes some tens of milliseconds, podman some hundred.</summary>
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(30);

    /// <summary>Starts it, and waits until it asks.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="name">The container.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="files">Its files.</param>
    /// <param name="surroundings">Where it happens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It does not ask; it has ended when this is thrown, and what it has left is there.</exception>
    public static async Task<RestoreCall> StartAsync(
        ContainerRuntime runtime, string name, IReadOnlyList<string> arguments, RestoreFiles files, RestorerSurroundings surroundings, CancellationToken cancellationToken)
    {
        CriuStub? stub = null;
        Process? process = null;
        try
        {
            stub = files.CreateStub(surroundings.CriuPath);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(AskLimit);
            Task<RuntimeRestore> asking = RuntimeRestore.WaitAsync(stub, surroundings.Loggers, limit.Token);
            process = RuntimeCommand.Start(runtime, arguments, stub.SearchPath, files.Errors);
            Task ended = process.WaitForExitAsync(CancellationToken.None);
            if (await Task.WhenAny(asking, ended).ConfigureAwait(false) != asking)
            {
                await limit.CancelAsync().ConfigureAwait(false);
                await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new IOException($"{runtime} cannot restore the container {name}: it ended with {process.ExitCode} before it asked CRIU for anything and says '{files.Said()}'.");
            }

            return new RestoreCall(process, ended, stub, await asking.ConfigureAwait(false));
        }
        catch (Exception e)
        {
            stub?.Dispose();
            if (process is not null)
            {
                await RuntimeLeftovers.EndAsync(process).ConfigureAwait(false);
            }

            throw e is OperationCanceledException && !cancellationToken.IsCancellationRequested
                ? new IOException($"{runtime} did not ask CRIU for the restore of the container {name} within {AskLimit.TotalSeconds:0} s.", e)
                : e is CriuException ? new IOException(e.Message, e) : e;
        }
    }

    /// <summary>Ends the runtime, where nothing becomes of the restore; what it has left is there.</summary>
    public async Task EndAsync()
    {
        await Restore.DisposeAsync().ConfigureAwait(false);
        Stub.Dispose();
        await RuntimeLeftovers.EndAsync(Process).ConfigureAwait(false);
        Process.Dispose();
    }
}
