using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Records;
using U2CMigration.Files.Sending;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files.Comparing;

/// <summary>The source's part of a comparison: asks about every entry that the destination is to have, and compares the answers with what is here.</summary>
internal sealed class Comparison(IReadOnlyList<SourceTree> trees)
{
    private const int MostNames = 100;

    private readonly RecordWriter _writer = new();
    private readonly ConcurrentQueue<(SourceTree Tree, Node Node, UInt128 Digest)> _expected = new();
    private readonly List<string> _names = [];
    private readonly long _seed = Random.Shared.NextInt64();
    private long _entries;
    private long _mismatched;

    public async Task<FileTreeVerification> RunAsync(PipeWriter questions, PipeReader answers, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task asking = Task.Run(() => AskAsync(questions, both.Token), both.Token);
        Task comparing = RecordStream.ReadAsync(answers, new RecordFramer(), Take, both.Token);
        if (await Task.WhenAny(asking, comparing).ConfigureAwait(false) is { IsCompletedSuccessfully: false } failed)
        {
            // What the other waits for will not come.
            await both.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(asking, comparing).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            await failed.ConfigureAwait(false);
        }

        await asking.ConfigureAwait(false);
        await comparing.ConfigureAwait(false);
        if (!_expected.IsEmpty)
        {
            throw new FileTreeProtocolException("an answer to each question", $"{_expected.Count} too few");
        }

        return new FileTreeVerification(_entries, _mismatched, _names);
    }

    private async Task AskAsync(PipeWriter questions, CancellationToken cancellationToken)
    {
        _writer.WriteTo(questions);
        _writer.Begin(RecordType.AskBegin).Int64(_seed).End();
        var digest = new EntryDigest(_seed);
        foreach (SourceTree tree in trees)
        {
            _writer.Begin(RecordType.Tree).Byte((byte)tree.Root.Kind).Blob(TreeNames.Bytes(tree.Root.Name)).End();
            var place = new WireCursor(tree.Top, _writer);
            var directories = new Stack<Node>([tree.Top]);
            while (directories.TryPop(out Node? directory))
            {
                place.MoveTo(directory);
                await AskAsync(tree, directory, digest, directories, cancellationToken).ConfigureAwait(false);
            }

            place.MoveTo(tree.Top);
        }

        _writer.Begin(RecordType.AskEnd).End();
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks about a directory and what is in it, and puts those below on the stack.</summary>
    private async ValueTask AskAsync(SourceTree tree, Node directory, EntryDigest digest, Stack<Node> directories, CancellationToken cancellationToken)
    {
        bool withNames = HasAllNames(tree, directory);
        _writer.Begin(RecordType.AskPlace).Byte(withNames ? (byte)1 : (byte)0).End();
        Expect(tree, directory, digest.OfPlace(Open(tree, directory), tree.ComparedAttributes, withNames));
        foreach (Node child in directory.Directory!.Children.Values)
        {
            if (child.SentAs == EntryType.Directory)
            {
                directories.Push(child);
            }
            else if (child.SentAs != EntryType.None)
            {
                _writer.Begin(RecordType.Ask).Name(child.Name).End();
                Expect(tree, child, Digest(tree, child, digest));
                await _writer.PaceAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static UInt128 Digest(SourceTree tree, Node node, EntryDigest digest)
    {
        if (node.SentAs == EntryType.Whiteout)
        {
            digest.PassOver();
            return EntryDigest.Absent;
        }

        return digest.OfEntry(Open(tree, node.Parent!), node.Name, tree.ComparedAttributes);
    }

    private static SafeFileHandle Open(SourceTree tree, Node directory)
    {
        int error = tree.HasMerged ? tree.OpenMerged(directory, out SafeFileHandle opened) : tree.Open(directory, out opened);
        return error == 0 ? opened : throw tree.Failed(error, directory, "opened");
    }

    /// <summary>Whether the destination may have no other names in a directory: not where the image shows through, and not where some are passed over or mounts.</summary>
    private static bool HasAllNames(SourceTree tree, Node directory)
    {
        DirectoryState state = directory.Directory!;
        if (state.Excluded is not null || state.Children.Values.Any(static child => (child.Now.Flags & EntryFlags.MountPoint) != 0 || child.SentAs is EntryType.None or EntryType.Whiteout))
        {
            return false;
        }

        bool isWhole = !tree.IsOverlay;
        for (Node? above = directory; above is not null && !isWhole; above = above.Parent)
        {
            isWhole = above.Directory!.WasSentOpaque;
        }

        return isWhole;
    }

    private void Expect(SourceTree tree, Node node, UInt128 digest) => _expected.Enqueue((tree, node, digest));

    private bool Take(ref RecordReader record)
    {
        if (record.Type == RecordType.AskEnd)
        {
            record.End();
            return true;
        }

        if (record.Type != RecordType.Answers)
        {
            throw new FileTreeProtocolException("answers", $"{record.Type}");
        }

        uint count = record.UInt32();
        for (uint i = 0; i < count; i++)
        {
            UInt128 answer = record.Hash();
            if (!_expected.TryDequeue(out (SourceTree Tree, Node Node, UInt128 Digest) expected))
            {
                throw new FileTreeProtocolException("an answer to each question", "one more");
            }

            _entries++;
            if (answer != expected.Digest)
            {
                _mismatched++;
                if (_names.Count < MostNames)
                {
                    _names.Add($"{expected.Tree.Root.Name}: {expected.Node.Show()}");
                }
            }
        }

        record.End();
        return false;
    }
}
