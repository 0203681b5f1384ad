using System.Buffers;
using System.IO.Pipelines;
using U2CMigration.Files;
using U2CMigration.Files.Applying;
using U2CMigration.Files.Comparing;
using U2CMigration.Files.Records;
using U2CMigration.Fuzzing.Targets.Samples;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>A round of files, or questions about them, as a hostile source would send them: a type and a payload each, to which a right record is made. Nothing beside the target may change.</summary>
internal sealed class FilesTarget : IFuzzTarget
{
    private const int MostRecords = 64;
    private const string Beside = "untouched";

    public string Name => "files";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        bool asks = (cursor.Byte() & 1) != 0;
        var stream = new List<byte>();
        for (ulong sequence = 0; sequence < MostRecords && !cursor.IsAtEnd; sequence++)
        {
            var type = (RecordType)cursor.Byte();
            byte[] record = [.. new byte[RecordFormat.HeaderBytes], .. cursor.Piece()];
            RecordFormat.Seal(record, type, sequence);
            stream.AddRange(record);
        }

        string top = Directory.CreateTempSubdirectory("u2c-fuzz-files-").FullName;
        try
        {
            string beside = Path.Combine(top, "beside");
            File.WriteAllText(beside, Beside);
            Take(Directory.CreateDirectory(Path.Combine(top, "target")).FullName, [.. stream], asks);
            if (File.ReadAllText(beside) != Beside || Directory.GetFileSystemEntries(top).Length != 2)
            {
                throw new InvalidOperationException("Something beside the target has changed.");
            }
        }
        finally
        {
            Directory.Delete(top, recursive: true);
        }
    }

    public IEnumerable<byte[]> Seeds() => FileRecords.All.Select(static records => (byte[])[(byte)(records.Asks ? 1 : 0), .. records.Records.SelectMany(static record => (byte[])[(byte)record.Type, .. Cursor.PieceOf(record.Payload)])]);

    private static void Take(string target, byte[] stream, bool asks)
    {
        var limits = new FileTreeLimits { MaxContentBytes = 1 << 20, MaxDepth = 32, MaxEntries = 1000, MaxLinks = 10, MaxFileBytes = 1L << 40 };
        var tree = new TargetTree(new FileTreeTarget { Name = "/data", Path = target });
        var file = new FileWriter(limits);
        try
        {
            if (asks)
            {
                Answer(tree, limits, stream);
                return;
            }

            var round = new RoundReceiver([tree], new FileTreeDestinationOptions { Targets = [], Limits = limits, Flush = false }, 0, file);
            var framer = new RecordFramer();
            var rest = new ReadOnlySequence<byte>(stream);
            bool isOver = false;
            while (!isOver && framer.TryRead(ref rest, out RecordReader record))
            {
                isOver = round.Take(ref record);
            }
        }
        catch (Exception e) when (e is FileTreeProtocolException or FileTreeException)
        {
            // Documented.
        }
        finally
        {
            file.Close();

            // Files here may be locked, and deeper than a path.
            _ = TreeRemoval.Empty(tree.Handle);
            tree.Dispose();
        }
    }

    private static void Answer(TargetTree tree, FileTreeLimits limits, byte[] stream)
    {
        File.WriteAllText(Path.Combine(tree.Target.Path, "a"), "contents");
        Directory.CreateDirectory(Path.Combine(tree.Target.Path, "d"));
        var questions = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var answers = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        questions.Writer.Write(stream);
        questions.Writer.Complete();
        new Answers([tree], limits, answers.Writer).RunAsync(questions.Reader, CancellationToken.None).GetAwaiter().GetResult();
    }
}
