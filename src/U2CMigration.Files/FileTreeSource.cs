using System.IO.Pipelines;
using U2CMigration.Files.Comparing;
using U2CMigration.Files.Records;
using U2CMigration.Files.Sending;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files;

/// <summary>
/// Carries directory trees to another host in rounds, while their owner runs: each round sends what differs from what the destination has, the last one, with the owner frozen, the rest.
/// </summary>
/// <remarks>
/// One call at a time. After an exception, a cancelled round among them, the two ends do not know any more what each other has; make new ones of both. Nothing of the trees is changed, not even times of access.
/// </remarks>
/// <example>
/// <code>
/// using var source = FileTreeSource.Open(new FileTreeSourceOptions
/// {
///     Roots = [new FileTreeRoot { Name = "/data", Path = "/data", InsideOf = "/proc/4711/root" }],
///     Processes = () => [4711],
/// });
/// FileTreeRound first = await source.SendRoundAsync(output, isFrozen: false, progress: null, cancellationToken);
/// // ... freeze the workload ...
/// FileTreeRound last = await source.SendRoundAsync(output, isFrozen: true, progress: null, cancellationToken);
/// </code>
/// </example>
public sealed class FileTreeSource : IDisposable
{
    private readonly FileTreeSourceOptions _options;
    private readonly List<SourceTree> _trees = [];
    private readonly RecordWriter _writer = new();
    private readonly RoundPace _pace = new();
    private int _round;
    private bool _isBroken;

    private FileTreeSource(FileTreeSourceOptions options) => _options = options;

    /// <summary>Opens the trees. They stay open, so that what is mounted over them later does not matter.</summary>
    /// <param name="options">What travels.</param>
    /// <exception cref="ArgumentException">Two trees have the same name, or a path that is excluded is the tree itself.</exception>
    /// <exception cref="FileTreeException">A tree cannot be opened.</exception>
    public static FileTreeSource Open(FileTreeSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TreeNames.Check(options.Roots.Select(static root => root.Name));
        var source = new FileTreeSource(options);
        try
        {
            foreach (FileTreeRoot root in options.Roots)
            {
                source._trees.Add(new SourceTree(root));
            }

            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Sends what differs from what the destination has.</summary>
    /// <param name="output">To <see cref="FileTreeDestination.ReceiveRoundAsync"/>; flushed at the end, and not completed.</param>
    /// <param name="isFrozen">Whether the owner of the files stands still, so that this is the truth: files in doubt are compared whatever their times say, and a change in the meantime is an error.</param>
    /// <param name="progress">Told now and then, on the thread of the round.</param>
    /// <param name="cancellationToken">Ends the round; the source cannot be used any more then.</param>
    /// <exception cref="FileTreeException">A tree cannot be read, exceeds a limit or, in the freeze, changes.</exception>
    public async Task<FileTreeRound> SendRoundAsync(PipeWriter output, bool isFrozen, IProgress<FileTreeProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        ThrowIfBroken();
        _isBroken = true;
        _writer.WriteTo(output);
        long before = _writer.Bytes;
        RoundNotes notes = BeginRound(isFrozen);
        TimeSpan walked = TimeSpan.Zero;
        _writer.Begin(RecordType.RoundBegin).UInt32((uint)_round).Byte(isFrozen ? (byte)1 : (byte)0).End();
        foreach (SourceTree tree in _trees)
        {
            TimeSpan start = notes.Clock.Elapsed;
            TreeWalk walk = await Task.Run(() => Walk(tree, notes, cancellationToken), cancellationToken).ConfigureAwait(false);
            walked += notes.Clock.Elapsed - start;
            _writer.Begin(RecordType.Tree).Byte((byte)tree.Root.Kind).Blob(TreeNames.Bytes(tree.Root.Name)).End();
            notes.EntriesToDo += walk.Work.Count;
            await new TreeSender(tree, walk, _writer, notes, () => progress?.Report(ProgressOf(notes))).RunAsync(cancellationToken).ConfigureAwait(false);
        }

        _writer.Begin(RecordType.RoundEnd).Int64(notes.EntriesSent).Int64(notes.ContentBytes).End();
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (notes.Clock.WasSet())
        {
            // Nothing that was read can be told from its times.
            _trees.ForEach(static tree => Doubts.Raise(tree));
        }

        _isBroken = false;
        return _pace.Finish(notes, walked, _writer.Bytes - before, _round++);
    }

    /// <summary>Looks at all entries without reading any: what is pending now.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileTreeException">A tree cannot be read.</exception>
    public Task<FileTreePending> MeasureAsync(CancellationToken cancellationToken)
    {
        ThrowIfBroken();
        return Task.Run(() => PendingCount.Of(_trees, cancellationToken), cancellationToken);
    }

    /// <summary>Compares the trees of both sides: every entry, with contents, metadata and links, is read again on both. Meant for the freeze, after its round.</summary>
    /// <param name="questions">To <see cref="FileTreeDestination.AnswerAsync"/>; flushed, and not completed.</param>
    /// <param name="answers">From there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileTreeException">A tree cannot be read.</exception>
    /// <exception cref="FileTreeProtocolException">The answers are none.</exception>
    public Task<FileTreeVerification> VerifyAsync(PipeWriter questions, PipeReader answers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(answers);
        ThrowIfBroken();
        return new Comparison(_trees).RunAsync(questions, answers, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _trees.ForEach(static tree => tree.Dispose());

    private static FileTreeProgress ProgressOf(RoundNotes notes) => new(notes.Round, notes.EntriesWalked, notes.EntriesDone, notes.EntriesToDo, notes.ContentBytes);

    private RoundNotes BeginRound(bool isFrozen)
    {
        // The clock first: what is mapped after it was looked at shows in times that are later.
        var notes = new RoundNotes(_round, isFrozen);
        notes.Mapped = MappedFiles.Read(_options.Processes?.Invoke());
        if (!notes.Mapped.IsComplete)
        {
            _trees.ForEach(static tree => tree.DistrustTimes());
        }

        return notes;
    }

    private TreeWalk Walk(SourceTree tree, RoundNotes notes, CancellationToken cancellationToken)
    {
        var walk = new TreeWalk(tree, notes, _options);
        walk.Run(cancellationToken);
        return walk;
    }

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw new InvalidOperationException("A round of this source failed, was cancelled or is not over. Make a new source and a new destination.");
        }
    }
}
