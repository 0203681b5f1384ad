using System.IO.Pipelines;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>Two ends of a connection in memory, with a buffer as small as wanted in each direction.</summary>
internal static class StreamPair
{
    public static (Stream Source, Stream Destination) Create(int bufferBytes = 64 << 10)
    {
        var options = new PipeOptions(pauseWriterThreshold: bufferBytes, resumeWriterThreshold: Math.Max(1, bufferBytes / 2), useSynchronizationContext: false);
        var forward = new Pipe(options);
        var backward = new Pipe(options);
        return (new DuplexStream(backward.Reader.AsStream(), forward.Writer.AsStream()), new DuplexStream(forward.Reader.AsStream(), backward.Writer.AsStream()));
    }
}
