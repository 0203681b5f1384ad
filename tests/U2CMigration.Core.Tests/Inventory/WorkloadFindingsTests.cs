using U2CMigration.Core.Inventory;

namespace U2CMigration.Core.Tests.Inventory;

public sealed class WorkloadFindingsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A command of a script that talks to a logger for a moment.</summary>
    [Fact]
    public async Task TakeAsync_GoneAtTheSecondLook_DoesNotStandInTheWay()
    {
        WorkloadFindings findings = Looking([Refused(1)], []);

        (await findings.TakeAsync(static () => [7], Cancellation)).Should().BeEmpty();

        findings.All.Should().BeEmpty();
    }

    [Fact]
    public async Task TakeAsync_Stays_IsRefusedOnce()
    {
        WorkloadFindings findings = Looking([Refused(1), Refused(2)], [Refused(2), Refused(3)], [Refused(2)], [Refused(2)]);

        (await findings.TakeAsync(static () => [7], Cancellation)).Should().ContainSingle("the others were there for a moment only").Which.ProcessId.Should().Be(2);
        (await findings.TakeAsync(static () => [7], Cancellation)).Should().BeEmpty("it was found before");

        findings.All.Should().ContainSingle();
    }

    [Fact]
    public async Task TakeAsync_NothingRefused_LooksOnce()
    {
        WorkloadFindings findings = Looking([Refused(1) with { Severity = FindingSeverity.GivenUp }]);

        (await findings.TakeAsync(static () => [7], Cancellation)).Should().ContainSingle();

        findings.GivenUp.Should().ContainSingle();
    }

    private static WorkloadFindings Looking(params IReadOnlyList<InventoryFinding>[] looks)
    {
        var next = new Queue<IReadOnlyList<InventoryFinding>>(looks);
        return new WorkloadFindings((_, _) => next.Dequeue());
    }

    private static InventoryFinding Refused(int process) => new()
    {
        Kind = FindingKind.OutsideStream, Severity = FindingSeverity.Refused, ProcessId = process, ProcessName = "logger", Thing = "descriptor 3", Reason = "it is connected", Remedy = "Wait.", Option = "",
    };
}
