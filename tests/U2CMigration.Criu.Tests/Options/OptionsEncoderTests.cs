using Google.Protobuf;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;

namespace U2CMigration.Criu.Tests.Options;

public sealed class OptionsEncoderTests
{
    [Fact]
    public void Encode_DefaultDump_SaysOnlyWhatIsNeeded()
    {
        var options = new CriuDumpOptions { ProcessId = 5, ImagesDirectory = "/images" };

        // images_dir_fd 7, pid 5, log_level 2, log_file, work_dir_fd 8, ghost_limit 1 MiB, timeout 10 s
        OptionsEncoder.Encode(options, 7, 8).ToByteArray().Should().Equal(
            Bytes.Hex("0807 1005 4802 52 08 64756d702e6c6f67 880108 9802808040 e8020a"));
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
