using U2CMigration.Criu.Rpc;

namespace U2CMigration.Core.Owners;

/// <summary>Restores a process tree that no one keeps books of.</summary>
internal sealed class ProcessTreeRestorer(HeldRestore restore) : ITreeRestorer
{
    public HeldRestore Restore => restore;

    public RuntimeRequest? Request => null;

    public bool ChoosesGroups => false;

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Commit()
    {
    }

    public Task<string?> CompleteAsync() => Task.FromResult<string?>(null);

    public ValueTask DisposeAsync() => restore.DisposeAsync();
}
