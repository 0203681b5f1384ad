using System.Text;

namespace KeyValueProtocols.Tests;

public sealed class PostgresProtocolTests
{
    private const string Ready = "Z\0\0\0\u0005I";

    private static readonly PostgresProtocol Postgres = new();

    [Fact]
    public void Hello_IsAStartupTheTablesAndTheStatements()
    {
        byte[] buffer = new byte[IKeyValueProtocol.MostHello];

        string hello = Text(buffer.AsSpan(0, Postgres.Hello(buffer, out int replies)));

        replies.Should().Be(3);
        hello.Should().StartWith("\0\0\0\u0029\0\u0003\0\0user\0postgres\0database\0postgres\0\0Q").And.EndWith("S\0\0\0\u0004");
    }

    [Fact]
    public void Store_BindsKeyAndValueAndRunsTheStatement()
    {
        byte[] buffer = new byte[IKeyValueProtocol.MostOverhead + 3];

        string request = Text(buffer.AsSpan(0, Postgres.Store(buffer, 42, "abc"u8)));

        request.Should().Be("B\0\0\0\u0020\0s\0\0\u0001\0\u0001\0\u0002\0\0\0\u0004\0\0\0*\0\0\0\u0003abc\0\u0001\0\u0001E\0\0\0\u0009\0\0\0\0\0S\0\0\0\u0004");
    }

    [Fact]
    public void Requests_Whatever_FitIntoTheOverhead()
    {
        byte[] buffer = new byte[IKeyValueProtocol.MostOverhead];

        Postgres.Store(buffer, int.MaxValue, []).Should().BePositive();
        Postgres.Read(buffer, int.MaxValue).Should().BePositive();
        Postgres.Increment(buffer).Should().BePositive();
        Postgres.ReadCounter(buffer).Should().BePositive();
        Postgres.ClearCounter(buffer).Should().BePositive();
    }

    [Theory]
    [InlineData("2\0\0\0\u0004C\0\0\0\u000FINSERT 0 1\0" + Ready, ReplyKind.Stored, "")]
    [InlineData("2\0\0\0\u0004D\0\0\0\u000C\0\u0001\0\0\0\u000217C\0\0\0\u000DUPDATE 1\0" + Ready, ReplyKind.Number, "17")]
    [InlineData("2\0\0\0\u0004D\0\0\0\u000D\0\u0001\0\0\0\u0003abcC\0\0\0\u000DSELECT 1\0" + Ready, ReplyKind.Value, "abc")]
    [InlineData("2\0\0\0\u0004C\0\0\0\u000DSELECT 0\0" + Ready, ReplyKind.Absent, "")]
    [InlineData("R\0\0\0\u0008\0\0\0\0S\0\0\0\u0008a\0b\0" + Ready, ReplyKind.Stored, "")]
    public void TryTake_InPieces_WaitsUntilItIsWhole(string text, ReplyKind kind, string content)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        for (int length = 0; length < bytes.Length; length++)
        {
            Postgres.TryTake(bytes.AsSpan(0, length), out _).Should().BeFalse();
        }

        Postgres.TryTake([.. bytes, .. "next"u8], out Reply reply).Should().BeTrue();
        reply.Length.Should().Be(bytes.Length);
        reply.Kind.Should().Be(kind);
        Text(reply.Content).Should().Be(content);
    }

    [Theory]
    [InlineData("E\0\0\0\u0017SFATAL\0Mno such table\0\0", "no such table")]
    [InlineData("R\0\0\0\u0008\0\0\0\u0005", "password")]
    [InlineData("H\0\0\0\0", "protocol")]
    public void TryTake_ServerRefuses_SaysWhy(string text, string why)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text.Replace("\u0017", ((char)(text.Length - 1)).ToString(), StringComparison.Ordinal));

        FluentActions.Invoking(() => Postgres.TryTake(bytes, out _)).Should().Throw<InvalidDataException>().WithMessage($"*{why}*");
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
