using System.Net;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Inventory.Checks;

namespace U2CMigration.Core.Tests.Inventory;

public sealed class CheckTests
{
    private const string Moved = "10.0.0.7";

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", null, true)]
    [InlineData("::1", "::1", null, true)]
    [InlineData("10.0.0.7", "10.0.0.7", Moved, true)]
    [InlineData("10.0.0.7", "10.0.0.1", Moved, false)]
    [InlineData("10.0.0.1", "10.0.0.7", Moved, true)]
    [InlineData("10.0.0.1", "10.0.0.1", null, true)]
    [InlineData("10.0.0.7", "10.0.0.1", null, false)]
    public void IsBroken_ConnectionWithinTheHost_UnlessOnlyOneEndMoves(string local, string remote, string? moved, bool expected) =>
        TcpConnectionCheck.IsBroken(
            new InternetSocket(1, new IPEndPoint(IPAddress.Parse(local), 1), new IPEndPoint(IPAddress.Parse(remote), 2), 3), moved is null ? null : IPAddress.Parse(moved)).Should().Be(expected);

    [Theory]
    [InlineData("TCP", null)]
    [InlineData("TCPv6", null)]
    [InlineData("UNIX-STREAM", null)]
    [InlineData("UDPLITEv6", null)]
    [InlineData("NETLINK", null)]
    [InlineData("PACKET", null)]
    [InlineData("", null)]
    [InlineData("MPTCP", FindingKind.MultipathTcp)]
    [InlineData("MPTCPv6", FindingKind.MultipathTcp)]
    [InlineData("AF_VSOCK", FindingKind.SocketKind)]
    [InlineData("XDP", FindingKind.SocketKind)]
    [InlineData("SCTPv6", FindingKind.SocketKind)]
    [InlineData("PING", FindingKind.SocketKind)]
    public void KindOf_Protocol_KnowsWhatCriuMoves(string protocol, FindingKind? expected) => SocketKindCheck.KindOf(protocol).Should().Be(expected);

    [Theory]
    [InlineData("anon_inode:[eventpoll]", null)]
    [InlineData("anon_inode:[timerfd]", null)]
    [InlineData("anon_inode:inotify", null)]
    [InlineData("/etc/passwd", null)]
    [InlineData("pipe:[7]", null)]
    [InlineData("anon_inode:[io_uring]", FindingKind.IoUring)]
    [InlineData("anon_inode:[userfaultfd]", FindingKind.KernelObject)]
    [InlineData("anon_inode:bpf-prog", FindingKind.KernelObject)]
    [InlineData("anon_inode:kvm-vm", FindingKind.KernelObject)]
    [InlineData("anon_inode:something-new", FindingKind.KernelObject)]
    [InlineData("/dmabuf:", FindingKind.KernelObject)]
    [InlineData("/secretmem (deleted)", FindingKind.SecretMemory)]
    public void KindOf_Link_KnowsWhatCriuMoves(string link, FindingKind? expected) =>
        KernelObjectCheck.KindOf(new HeldDescriptor(int.MaxValue, 0, link), null)?.Kind.Should().Be(expected);

    [Theory]
    [InlineData(1, 3, true)]
    [InlineData(136, 0, true)]
    [InlineData(10, 200, true)]
    [InlineData(10, 232, false)]
    [InlineData(10, 229, false)]
    [InlineData(116, 1, false)]
    public void IsKnown_Device(uint major, uint minor, bool expected) => DeviceCheck.IsKnown((major, minor)).Should().Be(expected);

    [Fact]
    public void Parse_WatchedFile_ReadsHandleAndFileSystem()
    {
        WatchedFile file = WatchedFile.Parse("inotify wd:1 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:7e9e0000640d1b6d")!;

        (file.Inode, file.Device, file.HandleType).Should().Be((0x9e7e, (8u, 0x13u), 1));
        file.Handle.Should().Equal(0x7e, 0x9e, 0, 0, 0x64, 0x0d, 0x1b, 0x6d);
    }

    [Theory]
    [InlineData("pos:\t0")]
    [InlineData("inotify wd:1")]
    [InlineData("inotify wd:1 ino:zz sdev:800013")]
    [InlineData("fanotify flags:10 event-flags:0")]
    public void Parse_OtherLines_AreNoWatchedFiles(string line) => WatchedFile.Parse(line).Should().BeNull();

    [Fact]
    public void SystemV_Tables_GiveNumbersAndUsers()
    {
        SystemVCheck.Sets([["0", "7", "600", "3", "0"], ["broken"]]).Should().Equal((7, 3));
        SystemVCheck.Queues([["0", "9", "600", "4", "1", "11", "12", "0"]]).Single().Users.Should().Equal(11, 12);
    }
}
