using System.Buffers;
using CsCheck;
using U2CMigration.Testing;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Codec;

public sealed class PageCodecTests
{
    private const ulong A = 0x10_0000;
    private const ulong B = 0x7f00_0000_0000;

    private readonly CodedLink _link = new();

    [Fact]
    public void Send_FirstTime_TravelsAsItIs() => _link.Send(1, A, Contents.Random(1)).Should().Be(PageKind.Raw);

    [Fact]
    public void Send_Text_TravelsCompressed() => _link.Send(1, A, Contents.Text(1)).Should().Be(PageKind.Compressed);

    [Fact]
    public void Send_Zeros_TravelAsNothing() => _link.Send(1, A, new byte[PageBatch.PageBytes]).Should().Be(PageKind.Zero);

    [Fact]
    public void Send_SameContentAgain_TravelsAsNothing()
    {
        _link.Send(1, A, Contents.Random(1));

        _link.Send(1, A, Contents.Random(1)).Should().Be(PageKind.Unchanged);
    }

    [Fact]
    public void Send_ChangedInPlaces_TravelsAsTheDifference()
    {
        byte[] page = Contents.Random(1);
        _link.Send(1, A, page);

        byte[] changed = Contents.Changed(page, 7);

        _link.Send(1, A, changed).Should().Be(PageKind.Delta);
        _link.Held(1, A).Should().Equal(changed);
        _link.Codec.Statistics.Kinds.Single(k => k.Kind == PageKind.Delta).WireBytes.Should().BeLessThan(200);
    }

    [Fact]
    public void Send_ContentOfAnotherProcess_TravelsAsAReference()
    {
        _link.Send(1, A, Contents.Random(1));

        _link.Send(2, B, Contents.Random(1)).Should().Be(PageKind.Reference);
        _link.Held(2, B).Should().Equal(Contents.Random(1));
    }

    [Fact]
    public void Send_ContentThatWasReplacedMeanwhile_IsNotReferredTo()
    {
        _link.Send(1, A, Contents.Random(1));
        _link.Send(1, A, Contents.Random(2));

        _link.Send(2, B, Contents.Random(1)).Should().Be(PageKind.Raw);
        _link.Held(2, B).Should().Equal(Contents.Random(1));
    }

    [Fact]
    public void Send_ChangedAfterAReference_IsTheDifferenceFromWhatWasReferredTo()
    {
        _link.Send(1, A, Contents.Random(1));
        _link.Send(2, B, Contents.Random(2));
        _link.Send(2, B, Contents.Random(1));

        _link.Send(2, B, Contents.Changed(Contents.Random(1), 3)).Should().Be(PageKind.Delta);
        _link.Held(2, B).Should().Equal(Contents.Changed(Contents.Random(1), 3));
    }

    [Fact]
    public void Send_AfterZeros_HasNoOldBase()
    {
        _link.Send(1, A, Contents.Random(1));
        _link.Send(1, A, new byte[PageBatch.PageBytes]);

        _link.Send(1, A, Contents.Changed(Contents.Random(1), 3)).Should().Be(PageKind.Raw);
    }

    [Fact]
    public void Send_WhollyNewText_IsCompressedRatherThanADifference()
    {
        _link.Send(1, A, Contents.Random(1));

        _link.Send(1, A, Contents.Text(1)).Should().Be(PageKind.Compressed);
    }

    [Fact]
    public void Send_BaseEvicted_TravelsWhole()
    {
        var link = new CodedLink(new PageCodecOptions { MaxBaseBytes = PageBatch.PageBytes });
        link.Send(1, A, Contents.Random(1));
        link.Send(1, B, Contents.Random(2));
        link.Send(1, B, Contents.Changed(Contents.Random(2), 1)).Should().Be(PageKind.Raw, "A has the only base");
        link.Send(1, B, Contents.Changed(Contents.Random(2), 2)).Should().Be(PageKind.Delta, "it came again, and A did not");

        link.Send(1, A, Contents.Changed(Contents.Random(1), 1)).Should().Be(PageKind.Raw);
        link.Codec.Statistics.EvictedBases.Should().BePositive();
    }

    [Fact]
    public void Forget_Pages_TravelWholeAndAreNotReferredTo()
    {
        _link.Send(1, A, Contents.Random(1));

        _link.Codec.Forget(new PageRun(1, A, 1));

        _link.Send(2, B, Contents.Random(1)).Should().Be(PageKind.Raw);
        _link.Send(1, A, Contents.Changed(Contents.Random(1), 1)).Should().Be(PageKind.Raw);
    }

    [Fact]
    public void Forget_NeighbouringPages_AreLeftAlone()
    {
        _link.Send(1, A, Contents.Random(1));
        _link.Send(1, A + 0x2000, Contents.Random(2));
        _link.Send(2, A + 0x1000, Contents.Random(3));

        _link.Codec.Forget(new PageRun(1, A + 0x1000, 1));

        _link.Send(1, A, Contents.Random(1)).Should().Be(PageKind.Unchanged);
        _link.Send(1, A + 0x2000, Contents.Random(2)).Should().Be(PageKind.Unchanged);
        _link.Send(2, A + 0x1000, Contents.Random(3)).Should().Be(PageKind.Unchanged);
    }

    [Fact]
    public void Forget_Everything_StartsAnew()
    {
        _link.Send(1, A, Contents.Random(1));

        _link.Codec.Forget();

        _link.Send(1, A, Contents.Random(1)).Should().Be(PageKind.Raw);
    }

    [Theory]
    [InlineData(nameof(PageCodecOptions.UseDeltas))]
    [InlineData(nameof(PageCodecOptions.UseCompression))]
    [InlineData(nameof(PageCodecOptions.UseReferences))]
    public void Send_WaySwitchedOff_IsNotTaken(string way)
    {
        var link = new CodedLink(new PageCodecOptions
        {
            UseDeltas = way != nameof(PageCodecOptions.UseDeltas),
            UseCompression = way != nameof(PageCodecOptions.UseCompression),
            UseReferences = way != nameof(PageCodecOptions.UseReferences),
        });
        link.Send(1, A, Contents.Random(1));
        link.Send(1, A, Contents.Changed(Contents.Random(1), 1));
        link.Send(1, B, Contents.Changed(Contents.Random(1), 1));
        link.Send(2, B, Contents.Text(1));

        (link[PageKind.Delta] > 0, link[PageKind.Compressed] > 0, link[PageKind.Reference] > 0).Should()
            .Be((way != nameof(PageCodecOptions.UseDeltas), way != nameof(PageCodecOptions.UseCompression), way != nameof(PageCodecOptions.UseReferences)));
    }

    [Fact]
    public void Send_LinkFasterThanEncoding_TriesFewPages()
    {
        _link.Codec.BytesPerSecond = 1e15;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 1000; i++)
            {
                _link.Send(1, (ulong)i << 12, Contents.Changed(Contents.Random(i), round));
            }
        }

        // The first 64 tries of either way, then one page in 32.
        (_link[PageKind.Delta] + _link[PageKind.Compressed]).Should().BeInRange(60, 300);
        _link[PageKind.Raw].Should().BeGreaterThan(2700);
    }

    [Fact]
    public void PageBytes_NewAndSentAgain_AreToldApart()
    {
        (_link.Codec.NewPageBytes, _link.Codec.AgainPageBytes).Should().Be((4096, 4096));
        _link.Send(1, A, Contents.Random(1));
        _link.Send(1, A, Contents.Changed(Contents.Random(1), 7));

        _link.Codec.NewPageBytes.Should().Be(4096 + 10);
        _link.Codec.AgainPageBytes.Should().BeInRange(100, 200);
    }

    [Fact]
    public void Create_InvalidOptions_NamesAllProblems()
    {
        Action create = () => _ = new PageCodec(new PageCodecOptions { Mode = (PageCodecMode)9, MaxBaseBytes = -1 });

        create.Should().Throw<ArgumentException>().WithMessage("*Mode*MaxBaseBytes*");
    }

    [Fact]
    public void Send_AnyHistoryInAnyPieces_GivesTheLastVersionOfEachPage() =>
        Gen.Select(Gen.Int, Gen.Int[1, 9000], Gen.Int[0, 7], Gen.Int[1, 400]).Sample((seed, pieceBytes, ways, basePages) =>
        {
            var link = new CodedLink(new PageCodecOptions
            {
                UseDeltas = (ways & 1) == 0, UseCompression = (ways & 2) == 0, UseReferences = (ways & 4) == 0, MaxBaseBytes = basePages * PageBatch.PageBytes,
            });
            return new CodecHistory(seed).Play(link, pieceBytes);
        }, iter: 100);

    [Fact]
    public void SealAndReceive_ManyBatches_AllocateNothing()
    {
        var codec = new PageCodec(new PageCodecOptions());
        var batch = new PageBatch();
        var frames = new FrameReader("peer") { AcceptsCodedPages = true };
        var sink = new FixedSink(256);
        byte[] pages = new byte[256 * PageBatch.PageBytes];
        new Random(1).NextBytes(pages.AsSpan(0, 128 * PageBatch.PageBytes));
        ulong sequence = 0;
        // The first turn takes memory for what is sent for the first time. An object per batch would be 24 bytes for each of the 50.
        Allocation.LeastOf(20, RoundTrips).Should().BeLessThan(50 * 24);
        codec.Statistics.Kinds.Select(k => k.Kind).Should().BeEquivalentTo([PageKind.Zero, PageKind.Raw, PageKind.Unchanged, PageKind.Reference, PageKind.Compressed, PageKind.Delta]);

        void RoundTrips()
        {
            for (int i = 0; i < 50; i++)
            {
                RoundTrip();
            }
        }

        void RoundTrip()
        {
            int version = (int)sequence;
            for (int i = 0; i < 64; i++)
            {
                pages[(i * PageBatch.PageBytes) + 5] = (byte)version;
                pages[(i * PageBatch.PageBytes) + 6] = (byte)(version >> 8);
            }

            // Text, repeated in the page behind it, in the third quarter.
            for (int i = 128; i < 192; i++)
            {
                pages.AsSpan(i * PageBatch.PageBytes, PageBatch.PageBytes).Fill((byte)((i / 2) + version));
            }

            batch.Clear();
            pages.CopyTo(batch.Add(1, 0x20_0000, 256));
            batch.Seal(codec);
            var buffer = new ReadOnlySequence<byte>(batch.Frame(sequence++));
            frames.Read(ref buffer, sink, out _);
        }
    }
}
