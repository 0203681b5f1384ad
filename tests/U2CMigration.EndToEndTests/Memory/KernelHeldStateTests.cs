using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Memory;

/// <summary>State that no process holds, but the kernel: System V objects, data in a FIFO, huge pages.</summary>
[Collection<SharedRig>]
public sealed class KernelHeldStateTests(RigFixture fixture)
{
    private const string HugePages = "/proc/sys/vm/nr_hugepages";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Memory, "System V semaphores, and memory that no one has attached, in an IPC namespace of the workload's own", Outcome.Moved)]
    [Shows(Kind.Memory, "System V message queues in an IPC namespace of the workload's own", Outcome.Moved)]
    [Shows(Kind.Pipes, "a FIFO with data, whose path is on both hosts", Outcome.Moved)]
    [InlineData(8020, "first-touch")]
    [InlineData(8021, "flat-images")]
    public async Task Move_SystemVObjectsAndFifo_AreAsTheyWere(int port, string restoreMode)
    {
        Requires.Testbed();
        try
        {
            await MoveAsync(port, "ipc", restoreMode);
        }
        finally
        {
            File.Delete(NativeProgram.Build("ipc") + ".fifo");
        }
    }

    [Theory]
    [Shows(Kind.Memory, "huge pages: private, shared, memory files", Outcome.Moved, Because = "In the freeze.")]
    [InlineData(8022, "first-touch")]
    [InlineData(8023, "flat-images")]
    public async Task Move_HugePages_AreAsTheyWere(int port, string restoreMode)
    {
        Requires.Testbed();
        string before = await File.ReadAllTextAsync(HugePages, Cancellation);
        int reserved = int.Parse(before, CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(HugePages, (reserved + 16).ToString(CultureInfo.InvariantCulture), Cancellation);
        try
        {
            Requires.That(int.Parse(await File.ReadAllTextAsync(HugePages, Cancellation), CultureInfo.InvariantCulture) == reserved + 16, "the kernel gives no huge pages");
            await MoveAsync(port, "huge", restoreMode);
        }
        finally
        {
            await File.WriteAllTextAsync(HugePages, before, CancellationToken.None);
        }
    }

    private async Task MoveAsync(int port, string kind, string restoreMode)
    {
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "ipc", port, Cancellation, "--kind", kind);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--restore-mode", restoreMode);
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));

        JsonElement moved = await agents.MoveAsync(workload.ProcessId, Cancellation);

        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(before);
        moved.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
    }
}
