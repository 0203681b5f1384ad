using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Records;
using U2CMigration.Core.Settlement;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Settlement;

public sealed class AbandonedOriginalTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"u2c-forgotten-{Guid.NewGuid():N}");
    private readonly Process _root = Process.Start("sleep", ["1000"]);
    private readonly Process _keeper = Process.Start("sleep", ["1000"]);

    public void Dispose()
    {
        _root.Kill();
        _keeper.Kill();
        File.Delete(_file);
    }

    /// <summary>Its keeper could start it again, and its owner would list it forever.</summary>
    [Fact]
    public async Task KillAsync_TreeWithKeeperAndOwner_EndsBothAndHasItForgotten()
    {
        await new AbandonedOriginal(Entry(LedgerFolder.BootId()), NullLogger.Instance).KillAsync();

        _root.WaitForExit(10_000).Should().BeTrue();
        _keeper.WaitForExit(10_000).Should().BeTrue();
        File.Exists(_file).Should().BeTrue();
    }

    [Fact]
    public async Task RollBackAsync_TreeWithKeeperAndOwner_LeavesBothAlone()
    {
        await new AbandonedOriginal(Entry(LedgerFolder.BootId()), NullLogger.Instance).RollBackAsync();

        _root.HasExited.Should().BeFalse();
        _keeper.HasExited.Should().BeFalse();
        File.Exists(_file).Should().BeFalse();
    }

    /// <summary>The numbers are those of other processes then; the entry that the owner has is still there.</summary>
    [Fact]
    public async Task KillAsync_AfterAnotherBoot_TouchesNoProcessAndHasItForgotten()
    {
        await new AbandonedOriginal(Entry(Guid.NewGuid()), NullLogger.Instance).KillAsync();

        _root.HasExited.Should().BeFalse();
        _keeper.HasExited.Should().BeFalse();
        File.Exists(_file).Should().BeTrue();
    }

    [Fact]
    public void End_NumberOfAnotherProcess_IsLeftAlone()
    {
        Keepers.End([new KnownProcess(_keeper.Id, 1)]);

        _keeper.WaitForExit(100).Should().BeFalse();
    }

    private JournalEntry Entry(Guid boot) => new()
    {
        MigrationId = Guid.NewGuid(),
        BootId = boot,
        RootProcessId = _root.Id,
        StartTime = ProcessTree.TryReadStat(_root.Id, out ProcessStat stat) ? stat.StartTimeTicks : 0,
        Destination = "host-b:9410",
        Ledger = new LedgerIdentity(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()),
        Keepers = Keepers.Of([_keeper.Id]),
        RemovalCommand = ["touch", _file],
    };
}
