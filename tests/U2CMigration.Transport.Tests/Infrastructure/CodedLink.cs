using System.Buffers;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>A codec on one side, the receiving on the other, and nothing in between.</summary>
internal sealed class CodedLink(PageCodecOptions? options = null)
{
    private readonly FrameReader _frames = new("peer") { AcceptsCodedPages = true };
    private readonly PageBatch _batch = new();
    private ulong _sequence;

    public PageCodec Codec { get; } = new(options ?? new PageCodecOptions());

    public DictionarySink Sink { get; } = new();

    /// <summary>The pages of each kind so far, by the statistics.</summary>
    public long this[PageKind kind] => Codec.Statistics.Kinds.FirstOrDefault(k => k.Kind == kind).Pages;

    public PageKind Send(int processId, ulong address, byte[] page)
    {
        Dictionary<PageKind, long> before = Codec.Statistics.Kinds.ToDictionary(k => k.Kind, k => k.Pages);
        _batch.Clear();
        page.CopyTo(_batch.Add(processId, address, 1));
        Send(_batch, int.MaxValue);
        return Codec.Statistics.Kinds.Single(k => k.Pages != before.GetValueOrDefault(k.Kind)).Kind;
    }

    public void Send(PageBatch batch, int pieceBytes)
    {
        batch.Seal(Codec);
        if (batch.SentPages > 0)
        {
            ReadOnlySequence<byte> buffer = Pieces.Of(batch.Frame(_sequence++).ToArray(), pieceBytes);
            _frames.Read(ref buffer, Sink, out _).Should().Be(FrameReader.Outcome.BatchEnd);
            buffer.Length.Should().Be(0);
        }
    }

    /// <summary>What the destination holds of a page.</summary>
    public byte[] Held(int processId, ulong address) => Sink.Held(processId, address).ToArray();
}
