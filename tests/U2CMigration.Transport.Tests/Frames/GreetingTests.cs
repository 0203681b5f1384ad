using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Tests.Frames;

public sealed class GreetingTests
{
    [Fact]
    public void Parse_WhatWriteWrote_IsTheSame()
    {
        var greeting = new Greeting(3, 2, ConnectionRole.Destination, (ProtocolFeatures)0x8000_0000_0000_0005);

        Greeting.Parse(Bytes(greeting)).Should().Be(greeting);
    }

    [Fact]
    public void Parse_TextFromAnotherProtocol_ShowsIt()
    {
        byte[] bytes = "HTTP/1.1 400 Bad Request\r\nServer"u8.ToArray();

        Action parse = () => Greeting.Parse(bytes);

        parse.Should().Throw<MigrationProtocolException>().Which.Got.Should().Contain("HTTP/1.1 400 Bad");
    }

    [Fact]
    public void Parse_DamagedByte_IsRefused()
    {
        byte[] bytes = Bytes(Greeting.Own(ConnectionRole.Source));
        bytes[9] ^= 1;

        Action parse = () => Greeting.Parse(bytes);

        parse.Should().Throw<MigrationProtocolException>().WithMessage("*checksum*");
    }

    [Theory]
    [InlineData(4, 2, 3)]
    [InlineData(2, 2, 2)]
    public void AgreeWith_OverlappingVersions_TakesTheNewestOfBoth(ushort peerVersion, ushort peerOldest, ushort agreed)
    {
        var own = new Greeting(3, 2, ConnectionRole.Source, ProtocolFeatures.PageAcknowledgements);

        own.AgreeWith(new Greeting(peerVersion, peerOldest, ConnectionRole.Destination, ProtocolFeatures.None)).Should().Be((agreed, ProtocolFeatures.None));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 4)]
    public void AgreeWith_NoCommonVersion_NamesBoth(ushort peerVersion, ushort peerOldest)
    {
        var own = new Greeting(3, 2, ConnectionRole.Source, ProtocolFeatures.None);

        Action agree = () => own.AgreeWith(new Greeting(peerVersion, peerOldest, ConnectionRole.Destination, ProtocolFeatures.None));

        agree.Should().Throw<MigrationProtocolException>().WithMessage($"*version 2 to 3*{peerOldest} to {peerVersion}*");
    }

    [Fact]
    public void AgreeWith_TheSameRole_IsRefused()
    {
        var own = Greeting.Own(ConnectionRole.Source);

        Action agree = () => own.AgreeWith(own);

        agree.Should().Throw<MigrationProtocolException>();
    }

    private static byte[] Bytes(Greeting greeting)
    {
        byte[] bytes = new byte[Greeting.Size];
        greeting.Write(bytes);
        return bytes;
    }
}
