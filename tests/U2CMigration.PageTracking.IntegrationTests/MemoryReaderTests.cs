using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Pages of a real process are read, those that are gone are told apart.</summary>
public sealed class MemoryReaderTests : IDisposable
{
    private const int Pages = 3000;
    private readonly MemoryWriter _writer;
    private readonly ProcessMemoryReader _reader;
    private readonly byte[] _buffer = new byte[Pages * 4096];
    private readonly ulong[] _unreadable = new ulong[PageBitmap.WordsFor(Pages)];

    public MemoryReaderTests()
    {
        TrackingNeeds.WriteProtect();
        _writer = new MemoryWriter();
        _reader = ProcessMemoryReader.Open(_writer.ProcessId);
    }

    [Fact]
    public void Read_MoreRunsThanOneCallTakes_ReadsEachPage()
    {
        MemoryBlock block = _writer.Map(2 * Pages);
        block.WriteAll();
        PageRange[] everySecond = [.. Enumerable.Range(0, Pages).Select(page => Page(block, 2 * page))];

        _reader.Read(everySecond, _buffer, new PageBitmap(_unreadable)).Should().Be(0);

        Enumerable.Range(0, Pages).Where(page => !_buffer.AsSpan(page * 4096, 4096).ContainsAnyExcept((byte)0)).Should().BeEmpty("each page has a byte that was written");
    }

    [Fact]
    public void Read_PagesUnmappedInTheMiddleOfARun_MarksExactlyThose()
    {
        MemoryBlock block = _writer.Map(100);
        block.WriteAll();
        block.Part(40, 20).Unmap();

        _reader.Read([new PageRange(block.Address, block.Address + (100 * 4096))], _buffer, new PageBitmap(_unreadable));

        Marked(100).Should().Equal(Enumerable.Range(40, 20));
    }

    [Fact]
    public void Read_PagesUnmapped_ReadsThoseBehindThem()
    {
        MemoryBlock block = _writer.Map(100);
        block.WriteAll();
        byte[] whole = new byte[100 * 4096];
        _reader.Read([Range(block)], whole, new PageBitmap(_unreadable));
        block.Part(40, 20).Unmap();

        _reader.Read([Range(block)], _buffer, new PageBitmap(_unreadable));

        _buffer.AsSpan(60 * 4096, 40 * 4096).SequenceEqual(whole.AsSpan(60 * 4096)).Should().BeTrue();
    }

    [Fact]
    public void Read_UnreadablePage_IsFilledWithZeros()
    {
        MemoryBlock block = _writer.Map(2);
        block.WriteAll();
        block.Part(1, 1).Unmap();
        Array.Fill(_buffer, (byte)1);

        _reader.Read([Range(block)], _buffer, new PageBitmap(_unreadable));

        _buffer.AsSpan(4096, 4096).ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    [Fact]
    public void Read_ProcessEnded_SaysSo()
    {
        MemoryBlock block = _writer.Map(1);
        _writer.Kill();

        Action read = () => _reader.Read([Range(block)], _buffer, new PageBitmap(_unreadable));

        read.Should().Throw<PageTrackingException>().WithMessage("*has ended*");
    }

    /// <summary>The file that such pages are read from belongs to the memory that the process had when it was opened.</summary>
    [Fact]
    public void Read_ProtectedPageOfAProgramExecutedSince_ReadsIt()
    {
        ReadProtectedPage().Should().Be(0);
        _writer.Ask("exec").Should().Be("ready");

        ReadProtectedPage().Should().Be(0);
        _buffer.AsSpan(0, 4096).ContainsAnyExcept((byte)0).Should().BeTrue();
    }

    [Fact]
    public void Read_DestinationTooSmall_NamesTheLimit()
    {
        Action read = () => _reader.Read([new PageRange(0x1000, 0x4000)], new byte[8192], new PageBitmap(_unreadable));

        read.Should().Throw<ArgumentException>().WithMessage("3 pages do not fit*room for 2*");
    }

    [Fact]
    public void Read_ManyRuns_DoesNotAllocate()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        PageRange[] pages = [.. Enumerable.Range(0, Pages).Select(page => Page(block, page))];
        _reader.Read(pages, _buffer, new PageBitmap(_unreadable));

        Allocation.LeastOf(5, () => _reader.Read(pages, _buffer, new PageBitmap(_unreadable))).Should().Be(0);
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _writer?.Dispose();
    }

    private int ReadProtectedPage()
    {
        MemoryBlock block = _writer.Map(1);
        block.WriteAll();
        block.Protect(0);
        Array.Clear(_buffer);
        return _reader.Read([Range(block)], _buffer, new PageBitmap(_unreadable));
    }

    private static PageRange Page(MemoryBlock block, int page) => new(block.Address + ((ulong)page * 4096), block.Address + ((ulong)(page + 1) * 4096));

    private static PageRange Range(MemoryBlock block) => new(block.Address, block.Address + ((ulong)block.Pages * 4096));

    private IEnumerable<int> Marked(int pages) => Enumerable.Range(0, pages).Where(page => new PageBitmap(_unreadable)[page]);
}
