using System.Text;
using TraceLab.Load;

namespace TraceLab.Tests.Load;

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

    [Theory]
    [InlineData("+OK\r\n")]
    [InlineData("$-1\r\n")]
    [InlineData("$0\r\n\r\n")]
    [InlineData("$5\r\na\r\nbc\r\n")]
    public void ReplyLength_RedisInPieces_IsZeroUntilItIsWhole(string reply) => ShouldBeCutBehind(Redis, reply);

    [Theory]
    [InlineData("STORED\r\n")]
    [InlineData("END\r\n")]
    [InlineData("VALUE key:0000000042 0 5\r\na\r\nbc\r\nEND\r\n")]
    public void ReplyLength_MemcachedInPieces_IsZeroUntilItIsWhole(string reply) => ShouldBeCutBehind(Memcached, reply);

    [Theory]
    [InlineData("-OOM command not allowed\r\n")]
    [InlineData(":1\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("\r\n")]
    public void ReplyLength_RedisRefuses_Throws(string reply) =>
        FluentActions.Invoking(() => Redis.ReplyLength(Encoding.ASCII.GetBytes(reply))).Should().Throw<InvalidDataException>();

    [Theory]
    [InlineData("SERVER_ERROR out of memory storing object\r\n")]
    [InlineData("VALUE key:1 0 x\r\n")]
    public void ReplyLength_MemcachedRefuses_Throws(string reply) =>
        FluentActions.Invoking(() => Memcached.ReplyLength(Encoding.ASCII.GetBytes(reply))).Should().Throw<InvalidDataException>();

    private static void ShouldBeCutBehind(IKeyValueProtocol protocol, string reply)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(reply);
        for (int length = 0; length < bytes.Length; length++)
        {
            protocol.ReplyLength(bytes.AsSpan(0, length)).Should().Be(0);
        }

        protocol.ReplyLength(bytes).Should().Be(bytes.Length);
        protocol.ReplyLength([.. bytes, .. "next"u8]).Should().Be(bytes.Length);
    }
}
