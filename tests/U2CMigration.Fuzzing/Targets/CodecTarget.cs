using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>Pages that are written, sent through the codec, forgotten and sent again: the other end must hold each as it was sent last.</summary>
internal sealed class CodecTarget : IFuzzTarget
{
    private const int MostSteps = 64;
    private const int Places = 8;

    public string Name => "codec";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        byte options = cursor.Byte();
        var codec = new PageCodec(new PageCodecOptions
        {
            MaxBaseBytes = (options & 1) == 0 ? PageCodecOptions.DefaultBaseBytes : 4 * PageBatch.PageBytes,
            UseDeltas = (options & 2) == 0,
            UseCompression = (options & 4) == 0,
            UseReferences = (options & 8) == 0,
        });
        var link = new Link(codec, (options & 16) == 0 ? 0 : 1000);
        for (int step = 0; step < MostSteps && !cursor.IsAtEnd; step++)
        {
            byte what = cursor.Byte();
            int place = what & (Places - 1);
            switch (what >> 6)
            {
                case 0:
                    link.Fill(place, (byte)(what >> 3 & 7), cursor.Byte());
                    break;
                case 1:
                    link.Change(place, cursor.Number(), cursor.Byte());
                    break;
                case 2:
                    link.Send(place, 1 + (what >> 3 & 7));
                    break;
                default:
                    link.Forget(place);
                    break;
            }
        }

        link.Send(0, Places);
    }

    public IEnumerable<byte[]> Seeds() =>
    [
        [0, 0x08, 7, 0x80, 0x40, 10, 0, 1, 0x80, 0x80],
        [0, 0x00, 0, 0x09, 3, 0x0a, 3, 0xb8, 0x41, 0, 4, 9, 0xb8, 0xc0, 0xb8],
        [1, 0x18, 5, 0x19, 6, 0x1a, 7, 0x1b, 8, 0xb8, 0x40, 1, 1, 1, 0x43, 9, 9, 9, 0xb8],
        [16, 0x20, 1, 0x21, 1, 0x98, 0xc1, 0x98],
    ];

    private sealed class Link(PageCodec codec, int pieceBytes)
    {
        private readonly byte[][] _memory = [.. Enumerable.Range(0, Places).Select(static _ => new byte[PageBatch.PageBytes])];
        private readonly PageKeeper _sink = new();
        private readonly PageBatch _batch = new();
        private readonly List<byte> _sent = [];
        private ulong _sequence;

        public void Fill(int place, byte kind, byte value)
        {
            byte[] page = _memory[place];
            for (int i = 0; i < page.Length; i++)
            {
                page[i] = kind switch { 0 => 0, 1 => value, 2 => (byte)(i * value), 3 => (byte)((i * 2654435761u) >> value), 4 => (byte)(i / (value + 1)), _ => (byte)(i % (value + 2) == 0 ? kind : 0) };
            }
        }

        public void Change(int place, int at, byte value) => _memory[place][at % PageBatch.PageBytes] = value;

        public void Forget(int place) => codec.Forget(Run(place, 1));

        public void Send(int place, int pages)
        {
            pages = Math.Min(pages, Places - place);
            _batch.Clear();
            Span<byte> target = _batch.Add(1, Run(place, 1).Address, pages);
            for (int i = 0; i < pages; i++)
            {
                _memory[place + i].CopyTo(target[(i * PageBatch.PageBytes)..]);
            }

            _batch.Seal(codec);
            if (_batch.SentPages > 0 || _batch.ZeroPages > 0 || _batch.WireBytes > 0)
            {
                _sent.AddRange(_batch.Frame(_sequence++).Span);
            }

            // From the beginning each time would be slower, not other: the reader is the state.
            _reader.Read([.. _sent], pieceBytes, _sink);
            _sent.Clear();
            for (int i = 0; i < pages; i++)
            {
                if (!_sink.Held(1, Run(place + i, 1).Address).SequenceEqual(_memory[place + i]))
                {
                    throw new InvalidOperationException($"Page {place + i} is another one at the other end.");
                }
            }
        }

        private readonly WireReader _reader = new();

        private static PageRun Run(int place, int pages) => new(1, 0x20_0000 + ((ulong)place * PageBatch.PageBytes), pages);
    }
}
