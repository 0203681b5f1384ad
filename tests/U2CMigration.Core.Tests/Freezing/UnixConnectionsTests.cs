using U2CMigration.Core.Freezing;

namespace U2CMigration.Core.Tests.Freezing;

public sealed class UnixConnectionsTests
{
    private const string Head = "Num       RefCount Protocol Flags    Type St Inode Path";
    private const string Listener = "0000000000000000: 00000002 00000000 00010000 0001 01 7001 @the server";
    private const string OtherListener = "0000000000000000: 00000002 00000000 00010000 0001 01 7002 /run/other.sock";
    private const string Accepted = "0000000000000000: 00000003 00000000 00000000 0001 03 7003 @the server";
    private const string Pending = "0000000000000000: 00000002 00000000 00000000 0001 02     0 @the server";
    private const string Closed = "0000000000000000: 00000002 00000000 00000000 0001 04     0 @the server";
    private const string PendingElsewhere = "0000000000000000: 00000002 00000000 00000000 0001 02     0 /run/other.sock";

    [Theory]
    [InlineData(Pending)]
    [InlineData(Closed)]
    public void AreBeingMade_ToASocketOfTheTree_AreSeen(string connection) => In(Listener, OtherListener, Accepted, connection).Should().BeTrue();

    [Theory]
    [InlineData(Accepted)]
    [InlineData(PendingElsewhere)]
    public void AreBeingMade_AcceptedOrToOthers_AreNot(string connection) => In(Listener, OtherListener, connection).Should().BeFalse();

    [Fact]
    public void AreBeingMade_NonePending_DescriptorsAreNotLookedAt() =>
        UnixConnections.AreBeingMade([Head, Listener, Accepted], static () => throw new InvalidOperationException("looked")).Should().BeFalse();

    private static bool In(params string[] lines) => UnixConnections.AreBeingMade([Head, .. lines], static () => static inode => inode is 7001 or 7003);
}
