using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.CarriedState.Sockets;

namespace U2CMigration.Core.Tests.CarriedState;

/// <summary>Options of this process's own sockets are read and given as those of a workload are.</summary>
public sealed class SocketOptionTests
{
    [Fact]
    public void Read_NewSockets_HaveOnlyWhatIsUsual()
    {
        using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        var usual = new UsualOptions();

        foreach (Socket socket in (Socket[])[tcp, udp])
        {
            using var handle = new SafeFileHandle(socket.Handle, ownsHandle: false);
            SocketNature nature = SocketNature.Of(handle);
            SocketOptions.All.Where(option => option.Applies(nature) && OptionValue.ReadUnless(usual.Of(nature, option), handle, option) is not null).Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData("TCP_USER_TIMEOUT", "39300000")]
    [InlineData("TCP_CONGESTION", "reno")]
    [InlineData("SO_PRIORITY", "03000000")]
    [InlineData("SO_LINGER", "0100000009000000")]
    [InlineData("IP_UNICAST_IF", "lo")]
    [InlineData("IP_TOS", "10000000")]
    public void Write_OfAValue_IsReadAgain(string name, string value)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var handle = new SafeFileHandle(socket.Handle, ownsHandle: false);
        SocketOption option = SocketOptions.Find(name)!;
        OptionValue.Read(handle, option).Should().NotBe(value);

        OptionValue.Write(handle, option, value).Should().Be(0);

        OptionValue.Read(handle, option).Should().Be(value);
    }

    [Fact]
    public void Memberships_OfASocket_CanBeGivenToAnother()
    {
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var from = new SafeFileHandle(first.Handle, ownsHandle: false);
        using var to = new SafeFileHandle(second.Handle, ownsHandle: false);
        first.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(IPAddress.Parse("239.8.7.6"), IPAddress.Loopback));
        SocketNature nature = SocketNature.Of(from);
        CarriedMembership membership = Memberships.Of(from, nature, Memberships.GroupsOf(Environment.ProcessId)).Should().ContainSingle().Subject;
        Memberships.Of(to, nature, Memberships.GroupsOf(Environment.ProcessId)).Should().BeEmpty();

        Memberships.Give(to, membership);

        membership.Should().BeEquivalentTo(new CarriedMembership("239.8.7.6", "lo", Includes: false, []));
        Memberships.Of(to, nature, Memberships.GroupsOf(Environment.ProcessId)).Should().ContainSingle().Which.Should().BeEquivalentTo(membership);
    }

    [Fact]
    public void Give_AnOptionThatThisHostDoesNotHave_IsNamed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var wanted = new CarriedSocket(Environment.ProcessId, (int)socket.Handle, "2/1/6", new Dictionary<string, string> { ["TCP_CONGESTION"] = "nonesuch" }, []);
        var warnings = new List<string>();

        SocketGiving.Run([wanted], static process => process, warnings);

        warnings.Should().ContainSingle().Which.Should().Contain("TCP_CONGESTION nonesuch").And.Contain(((int)socket.Handle).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Give_ToAnotherKindOfFile_IsNamed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var wanted = new CarriedSocket(Environment.ProcessId, (int)socket.Handle, "2/1/6", new Dictionary<string, string> { ["SO_PRIORITY"] = "03000000" }, []);
        var warnings = new List<string>();

        SocketGiving.Run([wanted], static process => process, warnings);

        warnings.Should().ContainSingle().Which.Should().Contain("another file is there");
    }
}
