using System.Buffers;
using CsCheck;
using U2CMigration.Testing;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Pages;

public sealed class PageBatchTests
{
    [Fact]
    public void Receive_AnyBatchInAnyPieces_GivesTheLastVersionOfEachPage() =>
        Gen.Select(Gen.Int, Gen.Int[1, 9000]).Sample((seed, pieceBytes) =>
        {
            var random = new Random(seed);
            var batch = new PageBatch();
            Dictionary<(int, ulong), byte[]> expected = [];
            while (batch.FreePages > 0 && random.Next(8) > 0)
            {
                int pages = random.Next(1, Math.Min(batch.FreePages, 30) + 1);
                int first = batch.PageCount;
                int processId = random.Next(1, 3);
                ulong address = (ulong)random.Next(60) << 12;
                Span<byte> memory = batch.Add(processId, address, pages);
                for (int i = 0; i < pages; i++)
                {
                    Span<byte> page = memory.Slice(i * PageBatch.PageBytes, PageBatch.PageBytes);
                    bool isZero = random.Next(3) == 0;
                    page.Clear();
                    if (!isZero)
                    {
                        page[random.Next(page.Length)] = 1;
                    }

                    if (random.Next(6) == 0)
                    {
                        batch.Exclude(first + i);
                    }
                    else
                    {
                        expected[(processId, address + ((ulong)i << 12))] = isZero ? [] : page.ToArray();
                    }
                }
            }

            batch.Seal();
            if (batch.SentPages == 0)
            {
                return expected.Count == 0;
            }

            Dictionary<(int, ulong), byte[]> received = Receive(batch, pieceBytes);
            return received.Count == expected.Count && expected.All(page => received[page.Key].AsSpan().SequenceEqual(page.Value));
        }, iter: 200);

    [Fact]
    public void Seal_ZeroPages_TakeNoBytesOfData()
    {
        var batch = new PageBatch();
        batch.Add(1, 0x1000, 256).Clear();

        batch.Seal();

        (batch.ZeroPages, batch.WireBytes).Should().Be((256, FrameHeader.Size + 8 + 16 + 32));
    }

    [Fact]
    public void Seal_Checksums_AreThoseOfThePages()
    {
        var batch = new PageBatch();
        Span<byte> memory = batch.Add(1, 0x1000, 3);
        memory.Fill(7);
        memory[..PageBatch.PageBytes].Clear();
        ulong expected = PageChecksum.Of(memory[PageBatch.PageBytes..(2 * PageBatch.PageBytes)]);

        batch.Seal();

        batch.Checksums.ToArray().Should().Equal(PageChecksum.Zero, expected, expected);
    }

    [Fact]
    public unsafe void Memory_EveryBatch_BeginsAtAPage()
    {
        for (int i = 0; i < 5; i++)
        {
            fixed (byte* start = new PageBatch().Add(1, 0x1000, 1))
            {
                ((ulong)start % PageBatch.PageBytes).Should().Be(0);
            }
        }
    }

    [Fact]
    public void Seal_AllExcluded_HasNothingToSend()
    {
        var batch = new PageBatch();
        batch.Add(1, 0x1000, 1).Fill(1);
        batch.Exclude(0);

        batch.Seal();

        batch.SentPages.Should().Be(0);
    }

    [Fact]
    public void Seal_MostScatteredPagesPossible_FitIntoTheFrame()
    {
        var batch = new PageBatch();
        for (ulong i = 0; i < PageBatch.MaxPages; i++)
        {
            batch.Add(1, i << 13, 1).Fill(1);
        }

        batch.Seal();

        Receive(batch, 5000).Should().HaveCount(PageBatch.MaxPages);
    }

    [Fact]
    public void Add_MoreThanFree_IsRefused()
    {
        var batch = new PageBatch();
        batch.Add(1, 0x1000, 255);

        Action add = () => batch.Add(1, 0x200000, 2);

        add.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Add_AfterSeal_IsRefused()
    {
        PageBatch batch = Batches.Random(1, 1);

        Action add = () => batch.Add(1, 0x1000, 1);

        add.Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void SealAndReceive_ManyBatches_AllocateNothing()
    {
        var batch = new PageBatch();
        var frames = new FrameReader("peer");
        var sink = new OnePageSink();
        ulong sequence = 0;
        // An object per batch would be 24 bytes for each of the 50.
        Allocation.LeastOf(5, RoundTrips).Should().BeLessThan(50 * 24);

        void RoundTrips()
        {
            for (int i = 0; i < 50; i++)
            {
                RoundTrip();
            }
        }

        void RoundTrip()
        {
            batch.Clear();
            batch.Add(1, 0x1000, 100).Fill(3);
            batch.Add(2, 0x1000, 100).Clear();
            batch.Seal();
            var buffer = new ReadOnlySequence<byte>(batch.Frame(sequence++));
            frames.Read(ref buffer, sink, out _);
        }
    }

    private static Dictionary<(int, ulong), byte[]> Receive(PageBatch batch, int pieceBytes)
    {
        var sink = new DictionarySink();
        ReadOnlySequence<byte> buffer = Pieces.Of(batch.Frame(0).ToArray(), pieceBytes);
        new FrameReader("peer").Read(ref buffer, sink, out _).Should().Be(FrameReader.Outcome.BatchEnd);
        return sink.Pages;
    }

    private sealed class OnePageSink : IPageSink
    {
        private readonly byte[] _page = new byte[PageBatch.PageBytes];

        public Span<byte> Prepare(int processId, ulong address) => _page;

        public void Complete(int processId, ulong address, ulong checksum)
        {
        }

        public void StoreZero(int processId, ulong address)
        {
        }

        public ReadOnlySpan<byte> Held(int processId, ulong address) => default;

        public bool Keep(int processId, ulong address, ulong checksum) => false;
    }
}
