using U2CMigration.Core.FileLocks;

namespace U2CMigration.Core.Tests.FileLocks;

public sealed class LockTableTests
{
    private const string Held = "1: POSIX  ADVISORY  WRITE 812 fe:00:5384013 0 EOF";
    private const string Lease = "2: LEASE  ACTIVE    WRITE 812 fe:00:5384014 0 EOF";
    private const string Broken = "3: LEASE  BREAKING  UNLCK 812 fe:00:5384015 0 EOF";
    private const string BrokenToShared = "4: LEASE  BREAKING  READ 812 fe:00:5384016 0 EOF";

    [Theory]
    [InlineData(Broken)]
    [InlineData(BrokenToShared)]
    public void Breaking_LeaseThatIsBeingBroken_IsFoundAmongOthers(string line) => LockTable.Breaking($"{Held}\n{Lease}\n{line}\n").Should().BeTrue();

    [Fact]
    public void Breaking_OtherLocks_AreNot() => LockTable.Breaking($"{Held}\n{Lease}\n").Should().BeFalse();

    [Fact]
    public void Breaking_NoLocks_AreNot() => LockTable.Breaking(string.Empty).Should().BeFalse();
}
