using U2CMigration.Core.Committing;
using U2CMigration.Core.Records;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Committing;

/// <summary>What the owner of a tree has made for it is removed by the next receiver, if the tree will never run.</summary>
public sealed class RecordedRemovalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-records-").FullName;
    private readonly Trees _trees = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(MigrationState.Receiving, true, true)]
    [InlineData(MigrationState.Restored, true, true)]
    [InlineData(MigrationState.Restored, false, true)]
    [InlineData(MigrationState.Resumed, true, false)]
    [InlineData(MigrationState.Aborted, true, false)]
    public void Recover_RecordOfAReceiverThatDied_HasItsOwnerForgetWhatWillNeverRun(MigrationState state, bool isOfThisBoot, bool isForgotten)
    {
        Guid id = Guid.NewGuid();
        MigrationLedger ledger = LedgerFolder.Open(_directory, _trees);
        new RecordFiles(_directory).Write(id, new MigrationRecord { State = state, BootId = isOfThisBoot ? LedgerFolder.BootId() : Guid.NewGuid(), RemovalCommand = ["podman", "rm"], IsThawed = true });

        ledger.Recover();

        _trees.Forgotten.Should().BeEquivalentTo(isForgotten ? (string[])["podman rm"] : (string[])[]);
        ledger.Recover();
        _trees.Forgotten.Should().HaveCount(isForgotten ? 1 : 0, "once is enough");
    }

    private sealed class Trees : IRestoredTrees
    {
        public List<string> Forgotten { get; } = [];

        public void Thaw(MigrationRecord record)
        {
        }

        public void Kill(MigrationRecord record)
        {
        }

        public void CleanUp(MigrationRecord record)
        {
        }

        public void Forget(MigrationRecord record) => Forgotten.Add(string.Join(' ', record.RemovalCommand));

        public bool IsAlive(MigrationRecord record) => false;
    }
}
