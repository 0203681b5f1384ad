using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Two ways to list the pages of a process, the fast one and entry by entry, say the same of every kind of memory.</summary>
public sealed class ResidentPagesTests : IDisposable
{
    private const int Pages = 3000;
    private readonly MemoryWriter _writer;

    public ResidentPagesTests()
    {
        TrackingNeeds.Root();
        Requires.KernelHas(KernelFeatures.Probe().PagemapScan, "PAGEMAP_SCAN needs Linux 6.7");
        _writer = new MemoryWriter();
    }

    [Theory]
    [InlineData("anon")]
    [InlineData("file")]
    [InlineData("memfd")]
    [InlineData("shared")]
    [InlineData("thp")]
    public void Collect_HolesZerosGuardsAndContent_IsWhatTheEntriesSay(string memory)
    {
        MemoryBlock dense = _writer.Map(Pages, memory);
        MemoryBlock sparse = _writer.Map(Pages, memory);
        MemoryBlock behindAGap = _writer.Map(Pages, memory);
        dense.WriteAll();
        sparse.Write(3, 200);
        behindAGap.WriteAll();
        _writer.Do($"unmap {sparse.Part(1000, 500).Address:x} 500");
        dense.Part(100, 700).Discard(5, 300);
        if (GuardRegions.IsKnown)
        {
            _writer.Do($"guard {dense.Part(2000, 64).Address:x} 64");
        }

        if (SharedZeroPage.IsMapped && memory != "thp")
        {
            dense.Part(100, 700).Read();
        }

        using var fast = new AddressSpace(_writer.ProcessId, new PagemapScanner(KernelFeatures.Probe()), KernelFeatures.Probe());
        using var byEntry = new AddressSpace(_writer.ProcessId, new PagemapEntries(), KernelFeatures.Probe());

        ProcessPages found = Of(fast);

        found.PageCount.Should().BePositive();
        found.Ranges.ToArray().Should().Equal(Of(byEntry).Ranges.ToArray());
    }

    public void Dispose() => _writer?.Dispose();

    private static ProcessPages Of(AddressSpace space)
    {
        space.TryReadAreas().Should().BeTrue();
        ProcessPages pages = new(space.ProcessId);
        space.CollectResident(pages, TestContext.Current.CancellationToken);
        return pages;
    }
}
