using System.IO.Pipelines;
using U2CMigration.Containers.Bundles;
using U2CMigration.Core.Files;
using U2CMigration.Files;

namespace U2CMigration.Containers.CarriedFiles;

/// <summary>Takes the directory trees of a container into the root file system and the directories that its bundle on this host names.</summary>
/// <remarks>
/// They are opened by the paths of this host, not by those that the runtime has made for CRIU: the same directories, without keeping a mount busy that the runtime has to take away again. Nothing but these directories
/// is ever written to, whatever the source says.
/// </remarks>
internal sealed class ArrivingTrees(Bundle bundle, IReadOnlyList<CarriedTree> trees) : IDestinationFiles
{
    public Task<IArrivingFiles> BeginAsync(FilesSurroundings surroundings, CancellationToken cancellationToken) => Task.Run<IArrivingFiles>(
        () =>
        {
            try
            {
                var options = new FileTreeDestinationOptions
                {
                    Targets = [.. trees.Select(tree => new FileTreeTarget { Name = tree.Name, Path = PathOf(bundle, tree), Kind = tree.Kind, Existing = ExistingEntries.Replace })],

                    // The control group of the container says which of them open.
                    AllowDevices = true,
                };
                string? layer = trees.Any(static tree => tree.Kind == FileTreeKind.OverlayUpper) ? bundle.RootFileSystem : null;
                return new ArrivingFiles(FileTreeDestination.Open(options), surroundings.Stream, layer);
            }
            catch (FileTreeException e)
            {
                throw FileWords.Of(e);
            }
        },
        cancellationToken);

    /// <summary>Where a tree is put on this host.</summary>
    /// <exception cref="IOException">The bundle has no place for it.</exception>
    public static string PathOf(Bundle bundle, CarriedTree tree) => tree.Name == CarriedTree.Root
        ? bundle.RootFileSystem
        : bundle.Binds.Where(bind => bind.Destination.TrimEnd('/') == tree.Name).Select(static bind => bind.Source).LastOrDefault()
            ?? throw new IOException($"The config.json in {bundle.Directory} mounts no directory of this host at {tree.Name}.");

    private sealed class ArrivingFiles(FileTreeDestination destination, IDuplexPipe stream, string? layer) : IArrivingFiles
    {
        private bool _isBegun;
        private bool _isOpen = true;

        public async Task ReceiveRoundAsync(bool isFrozen, CancellationToken cancellationToken)
        {
            _isBegun = true;
            try
            {
                await destination.ReceiveRoundAsync(stream.Input, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FileTreeException or FileTreeProtocolException)
            {
                throw FileWords.Of(e);
            }
        }

        public async Task AnswerAsync(CancellationToken cancellationToken)
        {
            try
            {
                await destination.AnswerAsync(stream.Input, stream.Output, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FileTreeException or FileTreeProtocolException)
            {
                throw FileWords.Of(e);
            }
        }

        public void Commit()
        {
        }

        public async Task DiscardAsync()
        {
            try
            {
                await destination.DiscardAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (FileTreeException e)
            {
                throw FileWords.Of(e);
            }

            if (_isBegun && layer is not null)
            {
                // It has directories of the overlay open.
                Close();
                await Task.Run(() => WritableLayer.Empty(layer)).ConfigureAwait(false);
            }
        }

        public ValueTask DisposeAsync()
        {
            Close();
            return ValueTask.CompletedTask;
        }

        private void Close()
        {
            if (_isOpen)
            {
                _isOpen = false;
                destination.Dispose();
            }
        }
    }
}
