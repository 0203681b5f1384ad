using Google.Protobuf;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;

namespace U2CMigration.Criu.Tests.Options;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class OptionsEncoderTests
{
    [Fact]
    public void Encode_DefaultDump_SaysOnlyWhatIsNeeded()
    {
        var options = new CriuDumpOptions { ProcessId = 5, ImagesDirectory = "/images" };

        // images_dir_fd 7, pid 5, log_level 2, log_file, work_dir_fd 8
        OptionsEncoder.Encode(options, 7, 8).ToByteArray().Should().Equal(
            Bytes.Hex("0807 1005 4802 52 08 64756d702e6c6f67 880108"));
    }

    [Fact]
    public void Encode_LimitsThatWereChosen_AreSent()
    {
        var options = new CriuDumpOptions { ProcessId = 5, ImagesDirectory = "/images", GhostFileLimitBytes = 8 << 20, FreezeTimeout = TimeSpan.FromSeconds(3) };
        var wire = OptionsEncoder.Encode(options, 7, 8);
        (wire.GhostLimit, wire.Timeout).Should().Be((8u << 20, 3u));
    }

    [Fact]
    public void Encode_RawOptions_NamesTheFileThatTheyAreWrittenTo()
    {
        using var directory = new TemporaryDirectory();
        var options = new CriuRestoreOptions { ImagesDirectory = directory[""], RawOptions = ["--file-validation=filesize", "tcp-close"] };

        RawOptionsFile.Write(options);

        string file = OptionsEncoder.Encode(options, 7, 8).ConfigFile;
        File.ReadAllText(file).Should().Be("file-validation filesize\ntcp-close\n");
        Path.GetFileName(file).Should().Be("restore.log.conf");
        (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)).Should().Be(UnixFileMode.None);
    }

    [Fact]
    public void Encode_ExternalMounts_AreRecognisedAtBothEnds()
    {
        OptionsEncoder.Encode(new CriuDumpOptions { ProcessId = 5, ImagesDirectory = "/images", AutoExternalMounts = true }, 7, 8).AutoExtMnt.Should().BeTrue();
        OptionsEncoder.Encode(new CriuRestoreOptions { ImagesDirectory = "/images", AutoExternalMounts = true }, 7, 8).AutoExtMnt.Should().BeTrue();
    }

    [Fact]
    public void Encode_InodeMapPaths_AreSent()
    {
        var options = new CriuDumpOptions { ProcessId = 5, ImagesDirectory = "/images", ForceInodeMap = true, InodeMapPaths = ["/srv"] };
        var wire = OptionsEncoder.Encode(options, 7, 8);
        (wire.ForceIrmap, wire.IrmapScanPaths.Single()).Should().Be((true, "/srv"));
    }

    [Fact]
    public void Encode_LazyDump_HasPortAndNoDescriptor()
    {
        var options = new CriuDumpOptions { ProcessId = 5, ImagesDirectory = "/images", LazyPages = true, LazyPort = 99 };
        OptionsEncoder.Encode(options, 7, 8).Ps.Should().Be(new PageServerInfo { Port = 99 });
    }

    [Fact]
    public void Encode_SharedConnection_HasDescriptorOnly()
    {
        var options = new CriuDumpOptions { ProcessId = 5, ImagesDirectory = "/images", PageServer = new CriuPageServer { Descriptor = 4 } };
        OptionsEncoder.Encode(options, 7, 8).Ps.Should().Be(new PageServerInfo { Fd = 4 });
    }

    [Theory]
    [InlineData(CriuCgroupMode.CriuDefault, false, CgroupMode.Ignore)]
    [InlineData(CriuCgroupMode.Ignore, true, CgroupMode.Ignore)]
    [InlineData(CriuCgroupMode.Soft, true, CgroupMode.Soft)]
    public void Encode_CgroupMode_IsSentUnlessDefault(CriuCgroupMode mode, bool sent, object expected)
    {
        var wire = OptionsEncoder.Encode(new CriuRestoreOptions { ImagesDirectory = "/images", CgroupMode = mode }, 7, 8);
        (wire.HasManageCgroupsMode, wire.ManageCgroupsMode).Should().Be((sent, (CgroupMode)expected));
    }

    [Fact]
    public void Encode_Restore_HasItsLists()
    {
        var options = new CriuRestoreOptions
        {
            ImagesDirectory = "/images",
            InheritedDescriptors = [new CriuInheritedDescriptor("pipe:[1]", 5)],
            JoinNamespaces = [new CriuJoinNamespace("net", "/proc/5/ns/net")],
            CgroupRoots = [new CriuCgroupRoot(string.Empty, "/new")],
        };
        var wire = OptionsEncoder.Encode(options, 7, 8);
        (wire.InheritFd.Single(), wire.JoinNs.Single(), wire.CgRoot.Single()).Should().Be((
            new InheritFd { Key = "pipe:[1]", Fd = 5 }, new JoinNamespace { Ns = "net", NsFile = "/proc/5/ns/net" }, new CgroupRoot { Path = "/new" }));
    }
}
