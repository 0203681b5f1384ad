using System.Buffers;
using System.IO.Pipelines;
using U2CMigration.Files.Applying;
using U2CMigration.Files.Comparing;
using U2CMigration.Files.Records;

namespace U2CMigration.Files;

/// <summary>Takes the rounds of a <see cref="FileTreeSource"/> into directories of this host.</summary>
/// <remarks>
/// The source is not trusted: nothing is written outside the targets, through links or into mounts, and no more than <see cref="FileTreeLimits"/> allow. But what arrives is files of the source's choice, set-user-ID
/// programs among them: only the workload may use them. One call at a time. What was written is not taken back by itself: a writable layer goes with the container that is being made, other targets are emptied
/// by <see cref="DiscardAsync"/>.
/// </remarks>
public sealed class FileTreeDestination : IDisposable
{
    private readonly FileTreeDestinationOptions _options;
    private readonly List<TargetTree> _trees = [];
    private readonly RecordFramer _framer = new();
    private readonly FileWriter _file;
    private int _round;
    private bool _isBroken;

    private FileTreeDestination(FileTreeDestinationOptions options)
    {
        _options = options;
        _file = new FileWriter(options.Limits);
    }

    /// <summary>Opens the targets. They stay open, so that what is mounted over them later does not matter.</summary>
    /// <param name="options">Where to write, and what to take.</param>
    /// <exception cref="ArgumentException">Two targets have the same name.</exception>
    /// <exception cref="FileTreeException">A target cannot be opened.</exception>
    public static FileTreeDestination Open(FileTreeDestinationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TreeNames.Check(options.Targets.Select(static target => target.Name));
        var destination = new FileTreeDestination(options);
        try
        {
            foreach (FileTreeTarget target in options.Targets)
            {
                destination._trees.Add(new TargetTree(target));
            }

            return destination;
        }
        catch
        {
            destination.Dispose();
            throw;
        }
    }

    /// <summary>Takes one round. When it returns, everything of the round is in the targets, and on the disk if <see cref="FileTreeDestinationOptions.Flush"/> is set.</summary>
    /// <param name="input">From <see cref="FileTreeSource.SendRoundAsync"/>; what follows the round is left in it.</param>
    /// <param name="cancellationToken">Ends the round; the destination cannot be used any more then, but for <see cref="DiscardAsync"/>.</param>
    /// <exception cref="FileTreeProtocolException">The stream is not one of a source, is damaged, ends early or exceeds a limit.</exception>
    /// <exception cref="FileTreeException">Something cannot be written, or is not allowed.</exception>
    public async Task<FileTreeReceived> ReceiveRoundAsync(PipeReader input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ThrowIfBroken();
        _isBroken = true;
        var round = new RoundReceiver(_trees, _options, _round, _file);

        // Writing files takes long; not on the thread of the caller.
        await Task.Run(() => RecordStream.ReadAsync(input, _framer, round.Take, cancellationToken), cancellationToken).ConfigureAwait(false);
        _round++;
        _isBroken = false;
        return round.Result;
    }

    /// <summary>Answers one comparison with what is on this host, read again.</summary>
    /// <param name="questions">From <see cref="FileTreeSource.VerifyAsync"/>.</param>
    /// <param name="answers">To there; flushed, and not completed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileTreeProtocolException">The questions are none, or exceed a limit.</exception>
    /// <exception cref="FileTreeException">Something cannot be read.</exception>
    public Task AnswerAsync(PipeReader questions, PipeWriter answers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(answers);
        ThrowIfBroken();
        return Task.Run(() => new Answers(_trees, _options.Limits, answers).RunAsync(questions, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Takes everything out of the targets of the kind <see cref="FileTreeKind.Directory"/> that a round has written into, for a migration that is given up. A writable layer stays as it is: it goes with the container
    /// that was being made. What <see cref="ExistingEntries.Replace"/> has removed does not come back.
    /// </summary>
    /// <param name="cancellationToken">Ends it between two targets.</param>
    /// <exception cref="FileTreeException">A target cannot be emptied.</exception>
    public Task DiscardAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _isBroken = true;
            _file.Close();
            foreach (TargetTree tree in _trees)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (tree.IsBegun && tree.Target.Kind == FileTreeKind.Directory)
                {
                    tree.Empty();
                }
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Close();
        _trees.ForEach(static tree => tree.Dispose());
    }

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw new InvalidOperationException("A round of this destination failed, was cancelled or is not over, or its files were discarded. Make a new source and a new destination.");
        }
    }
}
