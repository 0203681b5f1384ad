using U2CMigration.Containers.Destination;
using U2CMigration.Core.Owners;
using U2CMigration.Criu.Rpc;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Containers.Podman;

/// <summary>A container that podman of this host restores, with its log.</summary>
internal sealed class PodmanRestorer(ContainerRestorer below) : ITreeRestorer
{
    private const string LogOption = "-l";

    public HeldRestore Restore => below.Restore;

    public RuntimeRequest? Request => below.Request;

    public bool ChoosesGroups => below.ChoosesGroups;

    public Task GiveStateAsync(IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken)
    {
        if (state.Count > 0 && LogPath() is { } path)
        {
            PodmanLog.Give(path, state);
        }

        return Task.CompletedTask;
    }

    public Task PrepareAsync(CancellationToken cancellationToken) => below.PrepareAsync(cancellationToken);

    public void Commit() => below.Commit();

    public Task<string?> CompleteAsync() => below.CompleteAsync();

    public ValueTask DisposeAsync() => below.DisposeAsync();

    /// <summary>What conmon, which has started the runtime, was told to write the log to; null where that is no file.</summary>
    private string? LogPath()
    {
        if (Request is not { } request || !ProcessTree.TryReadStat(request.RuntimeProcessId, out ProcessStat runtime))
        {
            return null;
        }

        try
        {
            string[] words = File.ReadAllText($"/proc/{runtime.ParentProcessId}/cmdline").Split('\0');
            string log = words[Math.Min(Array.IndexOf(words, LogOption) + 1, words.Length - 1)];
            string path = log[(log.IndexOf(':', StringComparison.Ordinal) + 1)..];
            return path.StartsWith('/') && File.Exists(path) ? path : null;
        }
        catch (IOException)
        {
            // It has ended, which is found elsewhere.
            return null;
        }
    }
}
