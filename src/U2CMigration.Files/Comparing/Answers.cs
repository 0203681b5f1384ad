using System.IO.Pipelines;
using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Applying;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Records;

namespace U2CMigration.Files.Comparing;

/// <summary>The destination's part of a comparison: says of each entry that it is asked about what it is here.</summary>
internal sealed class Answers(IReadOnlyList<TargetTree> trees, FileTreeLimits limits, PipeWriter output)
{
    private readonly RecordWriter _writer = new();
    private readonly List<UInt128> _answers = [];
    private readonly AttributeReader _attributes = new(new AttributeRules(isOverlay: false, usesUserAttributes: false));
    private EntryDigest? _digest;
    private TargetTree? _tree;
    private int _missing;
    private long _questions;

    public async Task RunAsync(PipeReader questions, CancellationToken cancellationToken)
    {
        _writer.WriteTo(output);
        try
        {
            await RecordStream.ReadAsync(questions, new RecordFramer(), Take, cancellationToken, () => AnswerAsync(cancellationToken)).ConfigureAwait(false);
            _writer.Begin(RecordType.AskEnd).End();
            await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            trees.ToList().ForEach(static tree => tree.Place.Clear());
        }
    }

    private bool Take(ref RecordReader record)
    {
        switch (record.Type)
        {
            case RecordType.AskBegin:
                _digest = new EntryDigest(record.Int64());
                break;
            case RecordType.Tree:
                Select(ref record);
                break;
            case RecordType.AskEnd:
                record.End();
                return true;
            case RecordType.Enter:
                Enter(ref record);
                break;
            case RecordType.Leave:
                Leave();
                break;
            case RecordType.Ask or RecordType.AskPlace:
                Answer(ref record);
                break;
            default:
                throw new FileTreeProtocolException("a question", $"{record.Type}");
        }

        record.End();
        return false;
    }

    private void Select(ref RecordReader record)
    {
        _ = record.Byte();
        string name = Encoding.UTF8.GetString(record.Blob(TreeNames.MostBytes, "name"));
        _tree = trees.FirstOrDefault(tree => tree.Target.Name == name) ?? throw new FileTreeProtocolException("a tree that has a target here", "another");
        _tree.Place.Clear();
        _missing = 0;
    }

    private void Enter(ref RecordReader record)
    {
        byte[] name = record.Name();
        TargetTree tree = _tree ?? throw new FileTreeProtocolException("the name of a tree", $"{record.Type}");
        if (tree.Place.Depth + _missing >= limits.MaxDepth)
        {
            throw new FileTreeProtocolException($"at most {limits.MaxDepth} directories within each other", "more");
        }

        // Also of what lies in a directory that is not there: all of it is not there.
        _missing += _missing > 0 || tree.Place.Push(name) != 0 ? 1 : 0;
    }

    private void Leave()
    {
        if (_missing > 0)
        {
            _missing--;
        }
        else if (_tree is { Place.Depth: > 0 } tree)
        {
            tree.Place.Pop();
        }
        else
        {
            throw new FileTreeProtocolException("a question inside a tree", "a step out of it");
        }
    }

    private void Answer(ref RecordReader record)
    {
        EntryDigest digest = _digest ?? throw new FileTreeProtocolException("the beginning of a comparison", $"{record.Type}");
        TargetTree tree = _tree ?? throw new FileTreeProtocolException("the name of a tree", $"{record.Type}");
        if (++_questions > limits.MaxEntries)
        {
            throw new FileTreeProtocolException($"at most {limits.MaxEntries} questions", "more", "Raise FileTreeLimits.MaxEntries if the source has as many.");
        }

        byte[]? name = record.Type == RecordType.Ask ? record.Name() : null;
        bool withNames = name is null && record.Flag();
        if (_missing > 0)
        {
            digest.PassOver();
            _answers.Add(EntryDigest.Absent);
            return;
        }

        SafeFileHandle place = PlaceWriter.Open(tree);
        _answers.Add(name is null ? digest.OfPlace(place, _attributes, withNames) : digest.OfEntry(place, name, _attributes));
    }

    private async ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        for (int at = 0; at < _answers.Count; at += RecordFormat.MaxAnswers)
        {
            int count = Math.Min(RecordFormat.MaxAnswers, _answers.Count - at);
            _writer.Begin(RecordType.Answers).UInt32((uint)count);
            for (int i = 0; i < count; i++)
            {
                _writer.Hash(_answers[at + i]);
            }

            _writer.End();
        }

        _answers.Clear();
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
