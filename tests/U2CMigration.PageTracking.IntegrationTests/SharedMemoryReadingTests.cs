using System.Globalization;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Reading memory that a family has in common by copy-on-write leaves it in common.</summary>
public sealed class SharedMemoryReadingTests : IDisposable
{
    private const int Pages = 4096;
    private readonly MemoryWriter _writer;
    private readonly MemoryBlock _block;
    private readonly byte[] _buffer = new byte[Pages * PageSize.Bytes];
    private readonly ulong[] _unreadable = new ulong[PageBitmap.WordsFor(Pages)];

    public SharedMemoryReadingTests()
    {
        Requires.Root();
        Requires.NativeProgram("memory_writer");
        _writer = new MemoryWriter();
        _block = _writer.Map(Pages);
        _block.WriteAll();
    }

    [Fact]
    public void Read_ChildAndParent_LeavesTheirMemoryShared()
    {
        int child = _writer.Fork();
        long before = Kibibytes(_writer.ProcessId) + Kibibytes(child);

        Read(child);
        Read(_writer.ProcessId);

        (Kibibytes(_writer.ProcessId) + Kibibytes(child)).Should().BeLessThan(before + 1024);
    }

    /// <summary>A reader that was opened while there was nothing to share finds out.</summary>
    [Fact]
    public void Read_ParentThatForkedSinceItWasOpened_LeavesItsMemoryShared()
    {
        using ProcessMemoryReader reader = ProcessMemoryReader.Open(_writer.ProcessId);
        Read(reader);
        int child = _writer.Fork();
        long before = Kibibytes(_writer.ProcessId) + Kibibytes(child);
        Thread.Sleep(100);

        Read(reader);

        (Kibibytes(_writer.ProcessId) + Kibibytes(child)).Should().BeLessThan(before + 1024);
    }

    [Fact]
    public void Collect_ByContent_LeavesMemoryShared()
    {
        int child = _writer.Fork();
        long before = Kibibytes(_writer.ProcessId) + Kibibytes(child);
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.ContentHash, _writer.ProcessId);

        tracker.Collect();

        (Kibibytes(_writer.ProcessId) + Kibibytes(child)).Should().BeLessThan(before + 1024);
    }

    [Fact]
    public void Read_PagesUnmappedInTheMiddleOfARun_MarksExactlyThose()
    {
        _writer.Fork();
        _block.Part(40, 20).Unmap();

        Read(_writer.ProcessId).Should().Be(20);

        Enumerable.Range(0, Pages).Where(page => new PageBitmap(_unreadable)[page]).Should().Equal(Enumerable.Range(40, 20));
        _buffer.AsSpan(60 * PageSize.Bytes, PageSize.Bytes).ContainsAnyExcept((byte)0).Should().BeTrue();
    }

    [Fact]
    public void Read_ProcessWithAChildEnded_SaysSo()
    {
        _writer.Fork();
        using ProcessMemoryReader reader = ProcessMemoryReader.Open(_writer.ProcessId);
        Read(reader);
        _writer.Kill();

        FluentActions.Invoking(() => Read(reader)).Should().Throw<PageTrackingException>().Which.IsProcessGone.Should().BeTrue();
    }

    public void Dispose()
    {
        _writer?.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Read(int processId)
    {
        using ProcessMemoryReader reader = ProcessMemoryReader.Open(processId);
        return Read(reader);
    }

    private int Read(ProcessMemoryReader reader) =>
        reader.Read([new PageRange(_block.Address, _block.Address + ((ulong)Pages * PageSize.Bytes))], _buffer, new PageBitmap(_unreadable));

    private static long Kibibytes(int processId) => long.Parse(
        File.ReadLines($"/proc/{processId}/smaps_rollup").First(static line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
