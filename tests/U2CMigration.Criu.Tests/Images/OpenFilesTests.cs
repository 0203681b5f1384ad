using System.Net;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images;

/// <summary>Images come from the other host: what is in them and cannot be is damage, with the name of the file.</summary>
public sealed class OpenFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<uint, uint[], uint> Impossible => new() { { 10, [1], 80 }, { 2, [1], 70_000 }, { 10, [1, 2, 3, 4], uint.MaxValue } };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void ReadConnections_AddressThatCannotBe_IsDamage(uint family, uint[] words, uint port)
    {
        WriteSocket(family, words, port);

        FluentActions.Invoking(() => SocketImage.ReadConnections(new ImageDirectory(_directory.Path))).Should().Throw<CriuException>().WithMessage("*files.img*");
    }

    [Fact]
    public void ReadConnections_Connection_IsItsTwoEnds()
    {
        WriteSocket(2, [0x0100007f], 65_535);

        SocketImage.ReadConnections(new ImageDirectory(_directory.Path)).Should().Equal((IPEndPoint.Parse("127.0.0.1:65535"), IPEndPoint.Parse("127.0.0.1:81")));
    }

    [Fact]
    public void Inodes_MemoryFileTwice_IsDamage()
    {
        var entry = new MemfdInodeEntry { InodeId = 9, Shmid = 77 };
        ImageSet.Write(_directory["memfd.img"], [ImageMagic.Common, ImageMagic.MemoryFiles], entry, entry);

        FluentActions.Invoking(() => MemoryFileImages.Inodes(new ImageDirectory(_directory.Path))).Should().Throw<CriuException>().WithMessage("*memfd.img*twice*");
    }

    public void Dispose() => _directory.Dispose();

    private void WriteSocket(uint family, uint[] words, uint port)
    {
        var socket = new InetSocketEntry { Family = family, Proto = 6, State = 1, SrcPort = port, DstPort = 81 };
        socket.SrcAddr.AddRange(words);
        socket.DstAddr.AddRange(words);
        ImageSet.Write(_directory["files.img"], [ImageMagic.Common, ImageMagic.Files], new FileEntry { Isk = socket });
    }
}
