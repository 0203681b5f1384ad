using System.Diagnostics;
using U2CMigration.Core.Files;
using U2CMigration.Containers.Networking.Destination;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Owners;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Stub;

namespace U2CMigration.Containers.Destination;

/// <summary>A container that a runtime of this host restores.</summary>
internal sealed class ContainerRestorer(
    string name, ILeftovers leftovers, Process process, Task ended, CriuStub stub, RestoreFiles files, RuntimeRestore restore, RuntimeRequest request, ArrivingNetwork? network) : ITreeRestorer
{
    /// <summary>What is left for it to do takes some milliseconds.</summary>
    private static readonly TimeSpan CompleteLimit = TimeSpan.FromSeconds(10);

    private bool _kept;
    private bool _disposed;

    public HeldRestore Restore => restore.Restore;

    public RuntimeRequest? Request => request;

    public IArrivingAddress? Network => network?.Address;

    public string? NetworkNamespace => network?.Path;

    public IDestinationFiles? Files { get; init; }

    public bool ChoosesGroups => true;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await restore.PrepareAsync().ConfigureAwait(false);
        if (ended.IsCompleted)
        {
            // podman is not the one who speaks with CRIU, so that nothing else would show it.
            throw new IOException($"The container runtime has ended in the middle of the restore, with {process.ExitCode}, and says '{files.Said()}': it was ended by somebody, or has given up.");
        }
    }

    public void Commit()
    {
        _kept = true;
        network?.Keep();
        restore.Commit();
    }

    public async Task<string?> CompleteAsync()
    {
        await Task.WhenAny(ended, Task.Delay(CompleteLimit)).ConfigureAwait(false);
        return !ended.IsCompleted ? $"The container runs, but its runtime did not finish with the restore within {CompleteLimit.TotalSeconds:0} s, and may not know it. {leftovers.Remedy}"
            : process.ExitCode != 0 ? $"The container runs, but its runtime has failed after the restore (it ended with {process.ExitCode} and says '{files.Said()}'), and may not know it. {leftovers.Remedy}"
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await restore.DisposeAsync().ConfigureAwait(false);
        if (!_kept)
        {
            await RuntimeLeftovers.EndAsync(process).ConfigureAwait(false);
            await leftovers.RemoveAsync(restore.Request.ControlGroups, isOurs: true).ConfigureAwait(false);
            RestoreRoot.Remove(restore.Request.Root, name);
        }

        network?.Dispose();
        process.Dispose();
        stub.Dispose();
        files.Dispose();
    }
}
