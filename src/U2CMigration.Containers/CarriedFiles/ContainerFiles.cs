using System.IO.Pipelines;
using U2CMigration.Core.Files;
using U2CMigration.Files;

namespace U2CMigration.Containers.CarriedFiles;

/// <summary>Carries the directory trees of a container along.</summary>
internal sealed class ContainerFiles(IReadOnlyList<FileTreeRoot> roots) : ISourceFiles
{
    public Task<IDepartingFiles> BeginAsync(FilesSurroundings surroundings, CancellationToken cancellationToken) => Task.Run<IDepartingFiles>(
        () =>
        {
            try
            {
                return new DepartingFiles(FileTreeSource.Open(new FileTreeSourceOptions { Roots = roots, Processes = surroundings.Processes }), surroundings.Stream);
            }
            catch (FileTreeException e)
            {
                throw FileWords.Of(e);
            }
        },
        cancellationToken);

    private sealed class DepartingFiles(FileTreeSource source, IDuplexPipe stream) : IDepartingFiles
    {
        /// <summary>How fast files are read and hashed that are in the cache of the kernel, bytes per second; a low estimate.</summary>
        private const double ReadRate = 1e9;

        public async Task<SentFiles> SendRoundAsync(bool isFrozen, CancellationToken cancellationToken)
        {
            try
            {
                FileTreeRound round = await source.SendRoundAsync(stream.Output, isFrozen, progress: null, cancellationToken).ConfigureAwait(false);
                return new SentFiles
                {
                    Entries = round.EntriesSent + round.EntriesRemoved,
                    Bytes = round.WireBytes,
                    PendingBytes = round.EstimatedNextBytes,
                    FrozenTime = round.WalkDuration + TimeSpan.FromSeconds(round.FrozenReadBytes / ReadRate),
                    Warnings = FileWords.LeftOut(round),
                    Obstacles = round.Obstacles,
                };
            }
            catch (FileTreeException e)
            {
                throw FileWords.Of(e);
            }
        }

        public async Task<FilesComparison> CompareAsync(CancellationToken cancellationToken)
        {
            try
            {
                FileTreeVerification result = await source.VerifyAsync(stream.Output, stream.Input, cancellationToken).ConfigureAwait(false);
                return new FilesComparison(result.Entries, result.Mismatched, result.Names);
            }
            catch (Exception e) when (e is FileTreeException or FileTreeProtocolException)
            {
                throw FileWords.Of(e);
            }
        }

        public ValueTask DisposeAsync()
        {
            source.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
