using System.Runtime.Versioning;
using U2CMigration.Core.Destination;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Transport;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

[SupportedOSPlatform("linux")]
public sealed class ImageReceiverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("image-receiver-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Take_Image_IsForTheOwnerAlone()
    {
        using var images = new ImageReceiver(_directory, 100);

        images.Take(Piece("core-1.img", 0, 10));

        File.GetUnixFileMode(Path.Combine(_directory, "core-1.img")).Should().Be(PrivateDirectory.OnlyOwnersFile);
    }

    /// <summary>What this host keeps beside the images, or others might.</summary>
    [Theory]
    [InlineData(".claim")]
    [InlineData(".claim.new")]
    [InlineData("lazy-pages.socket")]
    [InlineData("restore.log")]
    [InlineData(".img")]
    [InlineData("core-1.img.new")]
    public void Take_NameOfNoImage_IsABreachAtOnce(string name)
    {
        using var images = new ImageReceiver(_directory, 100);

        new Action(() => images.Take(Piece(name, 0, 1))).Should().Throw<MigrationProtocolException>().WithMessage($"*'{name}'*");
        Directory.EnumerateFileSystemEntries(_directory).Should().BeEmpty();
    }

    [Fact]
    public void Take_MoreBytesThanAllowed_IsRefusedWhenTheyCome()
    {
        using var images = new ImageReceiver(_directory, 100);
        images.Take(Piece("core-1.img", 0, 60));

        new Action(() => images.Take(Piece("core-2.img", 0, 60))).Should().Throw<ImageDamagedException>().WithMessage("*MaxImageBytes*");
        new FileInfo(Path.Combine(_directory, "core-2.img")).Length.Should().Be(0);
    }

    [Fact]
    public void Take_MoreImagesThanAllowed_IsABreachBeforeTheyAreThere()
    {
        using var images = new ImageReceiver(_directory, 100);
        Action take = () =>
        {
            for (int i = 0; i <= ProtocolLimits.MaxImageFiles; i++)
            {
                images.Take(Piece($"core-{i}.img", 0, 0));
            }
        };

        // The limit of open files may be lower.
        Exception refused = take.Should().Throw<Exception>().Which;
        Assert.SkipWhen(refused is IOException, "the limit of open files is below that of images");
        refused.Should().BeOfType<MigrationProtocolException>();
    }

    private static ImageFile Piece(string name, long offset, int bytes) => new(name, offset, offset + bytes, new byte[bytes]);
}
