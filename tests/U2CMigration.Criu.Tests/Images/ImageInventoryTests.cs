using Google.Protobuf;
using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class ImageInventoryTests
{
    [Fact]
    public void Write_FieldsOfANewerCriu_AreKept()
    {
        using var directory = new TemporaryDirectory();
        string path = directory[ImageInventory.FileName];

        // img_version 2, dump_uptime 300, and a field 99 that no one knows.
        byte[] image = Bytes.Hex("16313158 08000000 0802 40ac02 98062a");
        File.WriteAllBytes(path, image);

        ImageInventory.Read(path).Write(path);

        File.ReadAllBytes(path).Should().Equal(image);
    }

    [Fact]
    public void Read_UptimeOfAges_IsDamage()
    {
        using var directory = new TemporaryDirectory();
        string path = directory[ImageInventory.FileName];
        ImageSet.Write(path, [ImageMagic.Inventory], new U2CMigration.Criu.Protobuf.Images.InventoryEntry { ImgVersion = 2, DumpUptime = ulong.MaxValue });

        FluentActions.Invoking(() => ImageInventory.Read(path)).Should().Throw<CriuException>();
    }

    [Fact]
    public void Read_Inventory_GivesVersionAndUptime()
    {
        using var directory = new TemporaryDirectory();
        string path = directory[ImageInventory.FileName];
        ImageInventory.ForParent(TimeSpan.FromSeconds(7)).WithDumpUptime(TimeSpan.FromSeconds(12.5)).Write(path);
        ImageInventory read = ImageInventory.Read(path);
        (read.ImageVersion, read.DumpUptime).Should().Be((0, TimeSpan.FromSeconds(12.5)));
    }

    [Fact]
    public void Read_BrokenMessage_NamesFileAndOffset()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory["inventory.img"], Bytes.Hex("16313158 02000000 0aff"));
        Action act = () => ImageInventory.Read(directory["inventory.img"]);
        act.Should().Throw<CriuException>().WithMessage("*inventory.img*offset 8*").WithInnerException<InvalidProtocolBufferException>();
    }
}
