using U2CMigration.PageTracking.SharedObjects;

namespace U2CMigration.PageTracking.Tests.SharedObjects;

public sealed class ObjectFinderTests
{
    [Theory]
    [InlineData("/memfd:doublemapper (deleted)", SharedObjectKind.MemoryFile, "doublemapper")]
    [InlineData("/memfd: (deleted)", SharedObjectKind.MemoryFile, "")]
    [InlineData("/memfd:a (deleted) (deleted)", SharedObjectKind.MemoryFile, "a (deleted)")]
    [InlineData("/memfd:/dev/zero (deleted)", SharedObjectKind.MemoryFile, "/dev/zero")]
    [InlineData("/dev/zero (deleted)", SharedObjectKind.Anonymous, "/dev/zero")]
    [InlineData("/dev/shm/PostgreSQL.123", SharedObjectKind.NamedFile, "/dev/shm/PostgreSQL.123")]
    [InlineData("/dev/shm/gone (deleted)", SharedObjectKind.DeletedFile, "/dev/shm/gone")]
    public void TryName_SharedMemory_IsTold(string link, SharedObjectKind kind, string name)
    {
        ObjectFinder.TryName(link, out SharedObjectKind found, out string foundName).Should().BeTrue();
        found.Should().Be(kind);
        foundName.Should().Be(name);
    }

    [Theory]
    [InlineData("/SYSV00000000 (deleted)")]
    [InlineData("/anon_hugepage (deleted)")]
    [InlineData("/[aio] (deleted)")]
    [InlineData("/tmp/file (deleted)")]
    [InlineData("/memfd:\ufffd (deleted)")]
    public void TryName_Others_AreLeftToCriu(string link) => ObjectFinder.TryName(link, out _, out _).Should().BeFalse();
}
