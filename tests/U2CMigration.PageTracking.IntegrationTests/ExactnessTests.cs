using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>The set of reported pages is the set of written pages, for each kind of memory, each way to write it and each tracker.</summary>
public abstract class ExactnessTests : IDisposable
{
    private const int Pages = 4096;
    private readonly TrackedBy _tracked;
    private readonly MemoryWriter _writer;
    private readonly IPageTracker _tracker;

    private protected ExactnessTests(TrackedBy tracked)
    {
        tracked.Require();
        _tracked = tracked;
        _writer = new MemoryWriter();
        _tracker = tracked.AttachTo(_writer);
    }

    public static TheoryData<string, int, char> Writes()
    {
        TheoryData<string, int, char> data = [];
        foreach (string memory in (string[])["anon", "thp", "file", "memfd"])
        {
            foreach (int permille in (int[])[0, 1, 10, 100, 500, 1000])
            {
                data.Add(memory, permille, 'u');
            }

            foreach (char kind in "saktp")
            {
                data.Add(memory, 100, kind);
            }
        }

        return data;
    }

    public static TheoryData<string> Memory() => ["anon", "thp", "file", "memfd"];

    [Theory]
    [MemberData(nameof(Writes))]
    public void Collect_WrittenPages_AreReportedAndNoOthers(string memory, int permille, char kind)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();

        block.Write(7, permille, kind);

        _tracked.ShouldReport(_tracker.Collect(), block, 7, permille, memory, kind);
    }

    [Theory]
    [MemberData(nameof(Memory))]
    public void Collect_SecondTimeAfterOneWrite_ReportsNothing(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();
        block.Write(7, 500);
        _tracker.Collect();

        _tracked.ShouldReport(_tracker.Collect(), block, 7, 0, memory);
    }

    [Theory]
    [InlineData("anon")]
    [InlineData("file")]
    [InlineData("memfd")]
    public void Collect_FirstTime_ReportsWhatWasWrittenBeforeTheTracking(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);

        block.Write(3, 500);

        _tracked.ShouldReport(_tracker.Collect(), block, 3, 500, memory);
    }

    [Theory]
    [MemberData(nameof(Memory))]
    public void Collect_PagesOnlyRead_AreNotReported(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();

        block.Read();

        _tracked.ShouldReport(_tracker.Collect(), block, 7, 0, memory);
    }

    [Theory]
    [MemberData(nameof(Memory))]
    public void Collect_OnlyForkedChildWrites_ParentStaysClean(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();

        block.Write(7, 300, 'c');

        _tracked.ShouldReport(_tracker.Collect(), block, 7, 0, memory);
    }

    [Theory]
    [MemberData(nameof(Memory))]
    public void Collect_WrittenThenMadeReadOnly_IsReported(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();

        block.Write(7, 50);
        block.Protect(1);

        _tracked.ShouldReport(_tracker.Collect(), block, 7, 50, memory);
    }

    [Theory]
    [MemberData(nameof(Memory))]
    public void Collect_ReadOnlyAndBack_ReportsLaterWrites(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        block.Protect(1);
        _tracker.Collect();

        block.Protect(3);
        block.Write(7, 50);

        _tracked.ShouldReport(_tracker.Collect(), block, 7, 50, memory);
    }

    [Theory]
    [MemberData(nameof(Memory))]
    public void Collect_DiscardedAndWrittenAgain_IsReported(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();

        block.Discard(7, 200);
        block.Write(7, 200);

        _tracked.ShouldReport(_tracker.Collect(), block, 7, 200, memory);
    }

    [Theory]
    [InlineData("anon")]
    [InlineData("thp")]
    public void CollectResident_DiscardedAnonymousPages_AreLeftOut(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();

        block.Discard(7, 200);
        block.Read();

        int left = Pages - Enumerable.Range(0, Pages).Count(static page => WritePattern.Picks(7, page, 200));
        int resident = _tracker.CollectResident().Count(block);
        if ((_tracked.ReadsEntries && memory == "thp") || !SharedZeroPage.IsMapped)
        {
            // The huge page of zeros can not be told from others by its entries; and where reading makes pages, they are there.
            resident.Should().BeInRange(left, Pages);
        }
        else
        {
            resident.Should().Be(left);
        }
    }

    [Fact]
    public void Collect_ZeroPageReadThenWritten_IsReported()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.Read();
        PageSet read = _tracker.Collect();
        if (SharedZeroPage.IsMapped)
        {
            _tracked.ShouldReport(read, block, 7, 0);
        }

        block.Write(7, 30);

        _tracked.ShouldReport(_tracker.Collect(), block, 7, 30);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("memfd")]
    public void CollectResident_UnwrittenPagesOfPrivateFile_AreLeftOut(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.Read();
        block.Write(7, 100);

        _tracker.CollectResident().ShouldBeExactly(block, 7, 100);
    }

    [Fact]
    public void Collect_SharedMemory_IsNotLookedAt()
    {
        MemoryBlock block = _writer.Map(Pages, "shared");

        block.WriteAll();

        (_tracker.Collect().Count(block) + _tracker.CollectResident().Count(block)).Should().Be(0);
    }

    [Fact]
    public void Collect_GuardPages_AreNeitherDirtyNorResident()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        string answer = _writer.Ask($"guard {block.Address:x} 100");
        Requires.KernelHas(answer == "ok", "MADV_GUARD_INSTALL needs Linux 6.13");

        (_tracker.Collect().Count(block.Part(0, 100)) + _tracker.CollectResident().Count(block.Part(0, 100))).Should().Be(0);
    }

    public void Dispose()
    {
        _tracker?.Dispose();
        _writer?.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class WriteProtectExactnessTests() : ExactnessTests(TrackedBy.WriteProtect);

public sealed class SoftDirtyExactnessTests() : ExactnessTests(TrackedBy.SoftDirty);

public sealed class SoftDirtyEntriesExactnessTests() : ExactnessTests(TrackedBy.SoftDirtyEntries);

public sealed class ContentHashExactnessTests() : ExactnessTests(TrackedBy.ContentHash);

public sealed class ContentHashEntriesExactnessTests() : ExactnessTests(TrackedBy.ContentHashEntries);
