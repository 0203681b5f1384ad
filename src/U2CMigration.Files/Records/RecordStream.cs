using System.Buffers;
using System.IO.Pipelines;

namespace U2CMigration.Files.Records;

/// <summary>Takes a record.</summary>
/// <returns>Whether it was the last.</returns>
internal delegate bool RecordSink(ref RecordReader record);

/// <summary>Reads records from a pipe.</summary>
internal static class RecordStream
{
    /// <summary>Reads up to the record that the sink calls the last; what follows stays in the pipe.</summary>
    /// <param name="input">The pipe.</param>
    /// <param name="framer">What takes it apart.</param>
    /// <param name="sink">Takes the records.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="drained">Called when all that has arrived was taken.</param>
    public static async Task ReadAsync(PipeReader input, RecordFramer framer, RecordSink sink, CancellationToken cancellationToken, Func<ValueTask>? drained = null)
    {
        for (; ; )
        {
            ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isOver = false;
            try
            {
                isOver = TakeAll(framer, sink, ref buffer, cancellationToken);
            }
            finally
            {
                input.AdvanceTo(buffer.Start, isOver ? buffer.Start : buffer.End);
            }

            if (drained is not null)
            {
                await drained().ConfigureAwait(false);
            }

            if (isOver)
            {
                return;
            }

            if (result.IsCompleted || result.IsCanceled)
            {
                throw new FileTreeProtocolException("the rest of the stream", "its end", "The other end has stopped; its own error says why.");
            }
        }
    }

    private static bool TakeAll(RecordFramer framer, RecordSink sink, ref ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        while (framer.TryRead(ref buffer, out RecordReader record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (sink(ref record))
            {
                return true;
            }
        }

        return false;
    }
}
