using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Mappings that can not be registered for write-protection.</summary>
public sealed class RegistrationTests : IDisposable
{
    private const int Pages = 1024;
    private readonly MemoryWriter _writer;
    private readonly WriteProtectTracker _tracker;

    public RegistrationTests()
    {
        TrackingNeeds.WriteProtect();
        _writer = new MemoryWriter();
        _tracker = WriteProtectTracker.Attach(_writer.ProcessId);
        _tracker.Collect();
    }

    [Fact]
    public void Collect_MappingThatCanNotBeRegistered_IsReportedInFullEachTime()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _writer.Do($"occupy {block.Address:x} {block.Pages}");
        _tracker.Collect();

        _tracker.Collect().Count(block).Should().Be(Pages);
    }

    [Fact]
    public void Collect_BesideAMappingThatCanNotBeRegistered_IsExact()
    {
        MemoryBlock occupied = _writer.Map(Pages);
        occupied.WriteAll();
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _writer.Do($"occupy {occupied.Address:x} {occupied.Pages}");
        _tracker.Collect();

        block.Write(7, 100);

        _tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    [Fact]
    public void Statistics_AfterACollection_CountWhatWasRegistered() => _tracker.Statistics.RegisteredAreas.Should().BePositive();

    public void Dispose()
    {
        _tracker?.Dispose();
        _writer?.Dispose();
    }
}
