using System.Text;

namespace KeyValueProtocols.Tests;

public sealed class ProtocolTests
{
    private static readonly RedisProtocol Redis = new();
    private static readonly MemcachedProtocol Memcached = new();

    [Fact]
    public void Store_Redis_IsASetCommand()
    {
        byte[] buffer = new byte[100];
        int length = Redis.Store(buffer, 42, "abc"u8);

        Encoding.ASCII.GetString(buffer, 0, length).Should().Be("*3\r\n$3\r\nSET\r\n$14\r\nkey:0000000042\r\n$3\r\nabc\r\n");
    }

    [Fact]
    public void Store_Memcached_IsASetCommand()
    {
        byte[] buffer = new byte[100];
        int length = Memcached.Store(buffer, 42, "abc"u8);

        Encoding.ASCII.GetString(buffer, 0, length).Should().Be("set key:0000000042 0 0 3\r\nabc\r\n");
    }

    [Fact]
    public void Read_Both_NameTheKey()
    {
        byte[] buffer = new byte[100];

        Encoding.ASCII.GetString(buffer, 0, Redis.Read(buffer, 7)).Should().Be("*2\r\n$3\r\nGET\r\n$14\r\nkey:0000000007\r\n");
        Encoding.ASCII.GetString(buffer, 0, Memcached.Read(buffer, 7)).Should().Be("get key:0000000007\r\n");
    }

    [Fact]
    public void Counter_Both_IsNamed()
    {
        byte[] buffer = new byte[100];

        Encoding.ASCII.GetString(buffer, 0, Redis.Increment(buffer)).Should().Be("*2\r\n$4\r\nINCR\r\n$7\r\ncounter\r\n");
        Encoding.ASCII.GetString(buffer, 0, Memcached.Increment(buffer)).Should().Be("incr counter 1\r\n");
        Encoding.ASCII.GetString(buffer, 0, Memcached.ClearCounter(buffer)).Should().Be("set counter 0 0 1\r\n0\r\n");
        Encoding.ASCII.GetString(buffer, 0, Memcached.ReadCounter(buffer)).Should().Be("get counter\r\n");
    }

    [Theory]
    [InlineData("+OK\r\n", ReplyKind.Stored, "")]
    [InlineData(":17\r\n", ReplyKind.Number, "17")]
    [InlineData("$-1\r\n", ReplyKind.Absent, "")]
    [InlineData("$0\r\n\r\n", ReplyKind.Value, "")]
    [InlineData("$5\r\na\r\nbc\r\n", ReplyKind.Value, "a\r\nbc")]
    public void TryTake_RedisInPieces_WaitsUntilItIsWhole(string text, ReplyKind kind, string content) => ShouldBeCutBehind(Redis, text, kind, content);

    [Theory]
    [InlineData("STORED\r\n", ReplyKind.Stored, "")]
    [InlineData("17\r\n", ReplyKind.Number, "17")]
    [InlineData("END\r\n", ReplyKind.Absent, "")]
    [InlineData("VALUE key:0000000042 0 5\r\na\r\nbc\r\nEND\r\n", ReplyKind.Value, "a\r\nbc")]
    public void TryTake_MemcachedInPieces_WaitsUntilItIsWhole(string text, ReplyKind kind, string content) => ShouldBeCutBehind(Memcached, text, kind, content);

    [Theory]
    [InlineData("-OOM command not allowed\r\n")]
    [InlineData("+PONG\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":-1\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("\r\n")]
    public void TryTake_RedisRefuses_Throws(string text) => ShouldBeRefused(Redis, text);

    [Theory]
    [InlineData("SERVER_ERROR out of memory storing object\r\n")]
    [InlineData("NOT_FOUND\r\n")]
    [InlineData("VALUE key:1 0 x\r\n")]
    [InlineData("\r\n")]
    public void TryTake_MemcachedRefuses_Throws(string text) => ShouldBeRefused(Memcached, text);

    private static void ShouldBeRefused(IKeyValueProtocol protocol, string text) =>
        FluentActions.Invoking(() => protocol.TryTake(Encoding.ASCII.GetBytes(text), out _)).Should().Throw<InvalidDataException>();

    private static void ShouldBeCutBehind(IKeyValueProtocol protocol, string text, ReplyKind kind, string content)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int length = 0; length < bytes.Length; length++)
        {
            protocol.TryTake(bytes.AsSpan(0, length), out _).Should().BeFalse();
        }

        protocol.TryTake([.. bytes, .. "next"u8], out Reply reply).Should().BeTrue();
        reply.Length.Should().Be(bytes.Length);
        reply.Kind.Should().Be(kind);
        Encoding.ASCII.GetString(reply.Content).Should().Be(content);
    }
}
