using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Tests.Workers;

public sealed class WorkerProcessTests
{
    /// <summary>A receiver that had taken two hundred workloads held dozens of such files, until it happened to collect its garbage.</summary>
    [Fact]
    public async Task Ended_HasSaidSomething_TheWordsAreKeptAndTheFileIsNot()
    {
        var worker = WorkerProcess.Start("/bin/sh", ["sh", "-c", "echo 'no such option' >&2; exit 3"], []);

        (await worker.Ended).Should().Be(3);

        worker.StandardError!.Read().Should().Be("no such option");
        worker.StandardError.Handle.IsClosed.Should().BeTrue();
    }

    [Fact]
    public async Task KillGroup_Ended_DoesNothing()
    {
        var worker = WorkerProcess.Start("/bin/true", ["true"], []);
        await worker.Ended;

        worker.Invoking(static one => one.KillGroup()).Should().NotThrow();
        worker.StandardError!.Read().Should().BeNull();
    }
}
