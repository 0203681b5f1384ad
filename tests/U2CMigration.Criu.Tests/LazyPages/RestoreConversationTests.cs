using System.Net.Sockets;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class RestoreConversationTests : IDisposable
{
    private readonly Socket _criu = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly RestoreConversation _conversation;

    public RestoreConversationTests()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        _criu.Connect(new UnixDomainSocketEndPoint(path));
        _conversation = new RestoreConversation(listener.Accept());
        File.Delete(path);
    }

    public void Dispose()
    {
        _criu.Dispose();
        _conversation.Dispose();
    }

    [Fact]
    public void Next_NegativeNumber_IsADeadTask()
    {
        _criu.Send([0xF9, 0xFF, 0xFF, 0xFF]);

        RestoreConversation.Step step = _conversation.Next(out int processId, out _);

        (step, processId).Should().Be((RestoreConversation.Step.DeadTask, 7));
    }

    [Fact]
    public void Next_Marker_MeansRegistered()
    {
        _criu.Send([0x46, 0x54, 0x53, 0x52]);

        _conversation.Next(out _, out _).Should().Be(RestoreConversation.Step.Registered);
    }

    [Fact]
    public void Next_NumberInTwoPieces_IsPutTogether()
    {
        _criu.Send([0x46, 0x54]);
        RestoreConversation.Step first = _conversation.Next(out _, out _);
        _criu.Send([0x53, 0x52]);

        (first, _conversation.Next(out _, out _)).Should().Be((RestoreConversation.Step.Nothing, RestoreConversation.Step.Registered));
    }

    [Fact]
    public void Next_NumberWithoutDescriptor_IsAProtocolError()
    {
        _criu.Send([7, 0, 0, 0, 0]);

        Action next = () => _conversation.Next(out _, out _);

        next.Should().Throw<CriuException>().WithMessage("*no userfaultfd for process 7*");
    }

    [Fact]
    public void Next_Zero_IsAProtocolError()
    {
        _criu.Send([0, 0, 0, 0]);

        Action next = () => _conversation.Next(out _, out _);

        next.Should().Throw<CriuException>().WithMessage("*process number 0*");
    }

    [Fact]
    public void Next_ClosedByCriu_IsClosed()
    {
        _criu.Dispose();

        _conversation.Next(out _, out _).Should().Be(RestoreConversation.Step.Closed);
    }

    [Fact]
    public void Next_SentBeforeRefuse_IsStillReceived()
    {
        _criu.Send([0x46, 0x54, 0x53, 0x52]);

        _conversation.Refuse();

        _conversation.Next(out _, out _).Should().Be(RestoreConversation.Step.Registered);
    }

    [Fact]
    public void Send_AfterRefuse_FailsAtCriu()
    {
        _conversation.Refuse();

        Action send = () => _criu.Send([0x46, 0x54, 0x53, 0x52]);

        send.Should().Throw<SocketException>();
    }
}
