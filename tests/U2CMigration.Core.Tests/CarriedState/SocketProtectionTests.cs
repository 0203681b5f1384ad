using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using U2CMigration.Core.CarriedState.Sockets;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.Core.Tests.CarriedState;

/// <summary>What the kernel does to the data of a connection is told by the protocol that lies above TCP in it. Needs root, as descriptors of a process are copied.</summary>
public sealed partial class SocketProtectionTests
{
    private const int TcpLevel = 6;
    private const int UpperProtocol = 31; // TCP_ULP
    private const int InternetFamily = 2;
    private const int Stream = 1;
    private const int Multipath = 262;

    /// <summary>What both ends encrypt goes through the kernel plain: a restored socket would send it so.</summary>
    [Fact]
    [Shows(Kind.Protections, "encryption of a connection by the kernel (kernel TLS)", Outcome.GivenUpIfAllowed, Because = "A restored connection would send and receive plain data.", Remedy = "Close the connection, or have the program encrypt by itself.", Option = "AllowLosingProtections (agent: --allow-losing-protections)", Needs = "CONFIG_TLS")]
    public void AddProtections_EncryptedByTheKernel_IsLost()
    {
        Requires.Root();
        using Connection connection = Connect();
        Requires.KernelHas(TryEncrypt(connection.Client), "the kernel has no TLS (CONFIG_TLS)");

        LostBy(connection).Should().ContainSingle().Which.Should().Contain($"process {Environment.ProcessId} ").And.Contain("(tls)").And.Contain("plain after a restore").And.Contain("Close the connection");
    }

    /// <summary>The same question on kernels without TLS: multipath TCP is a protocol above TCP too.</summary>
    [Fact]
    [Shows(Kind.Protections, "encryption of a connection by the kernel (kernel TLS)", Outcome.GivenUpIfAllowed, Because = "The question is shown with another protocol above TCP on kernels that have none for TLS.", Remedy = "Close the connection, or have the program encrypt by itself.", Option = "AllowLosingProtections (agent: --allow-losing-protections)", Needs = "multipath TCP")]
    public void AddProtections_AnotherProtocolAboveTcp_IsLost()
    {
        Requires.Root();
        Requires.KernelHas(File.Exists("/proc/sys/net/mptcp/enabled"), "the kernel has no multipath TCP");
        using Connection connection = Connect(Multipath);

        LostBy(connection).Should().Contain(static sentence => sentence.Contains("(mptcp)", StringComparison.Ordinal));
    }

    [Fact]
    public void AddProtections_PlainTcp_IsNotLost()
    {
        Requires.Root();
        using Connection connection = Connect();

        LostBy(connection).Should().BeEmpty();
    }

    /// <summary>Other tests of this process have sockets as well.</summary>
    private static IEnumerable<string> LostBy(Connection connection)
    {
        var reading = new SocketReading(static process => process);
        reading.AddProtections(Environment.ProcessId);
        return reading.LostProtections.Where(sentence => sentence.StartsWith($"Socket {connection.Client.Handle} ", StringComparison.Ordinal));
    }

    private static bool TryEncrypt(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(TcpLevel, UpperProtocol, Encoding.ASCII.GetBytes("tls"));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Connection Connect(int protocol = 0)
    {
        var listener = new Socket(NewSocket(InternetFamily, Stream, protocol));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(NewSocket(InternetFamily, Stream, protocol));
        client.Connect(listener.LocalEndPoint!);
        return new Connection(listener, client, listener.Accept());
    }

    /// <summary>The class library makes no sockets of protocols that it does not know.</summary>
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeSocketHandle NewSocket(int family, int type, int protocol);

    private sealed record Connection(Socket Listener, Socket Client, Socket Server) : IDisposable
    {
        public void Dispose()
        {
            Server.Dispose();
            Client.Dispose();
            Listener.Dispose();
        }
    }
}
