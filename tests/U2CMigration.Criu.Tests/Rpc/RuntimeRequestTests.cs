using Google.Protobuf;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Rpc;
using Wire = U2CMigration.Criu.Protobuf.Rpc.Options;

namespace U2CMigration.Criu.Tests.Rpc;

public sealed class RuntimeRequestTests
{
    /// <summary>orphan_pts_master, which is not in our copy of the protocol.</summary>
    private static readonly byte[] UnknownField = [0x90, 0x03, 0x01];

    [Fact]
    public void Encode_RuntimesOptions_KeepsWhatItWantsAndOverridesWhatTheMigrationDecides()
    {
        var options = new CriuDumpOptions { ProcessId = 7, ImagesDirectory = "/images", TcpEstablished = true, External = ["mnt[/a]:a"], Runtime = Request() };

        Wire wire = OptionsEncoder.Encode(options, 20, 21);

        (wire.ImagesDirFd, wire.WorkDirFd, wire.Pid, wire.LogFile).Should().Be((20, 21, 7, "dump.log"));
        wire.TcpEstablished.Should().BeTrue("what is set counts more than the runtime's false");
        (wire.Root, wire.ManageCgroups, wire.ManageCgroupsMode, wire.FileLocks).Should().Be(("/rootfs", true, CgroupMode.Soft, true));
        wire.External.Should().Equal("net[1]:extRootNetNS", "mnt[/a]:a");
        wire.ExtMnt.Single().Key.Should().Be("/etc/hosts");
        wire.ToByteArray().AsSpan().IndexOf(UnknownField).Should().BePositive("a field that is not known here is passed on");
    }

    [Fact]
    public void Encode_RuntimesOptions_DropsWhatWouldSpoilTheMigration()
    {
        Wire wire = OptionsEncoder.Encode(new CriuDumpOptions { ProcessId = 7, ImagesDirectory = "/images", Runtime = Request() }, 20, 21);

        wire.HasLeaveRunning.Should().BeFalse();
        wire.HasConfigFile.Should().BeFalse("it counts more than the request");
        wire.HasFreezeCgroup.Should().BeFalse("it may hold more than the container");
        wire.HasNotifyScripts.Should().BeFalse();
        wire.HasParentImg.Should().BeFalse();
        wire.HasRstSibling.Should().BeFalse();
        wire.Ps.Should().BeNull();
    }

    [Fact]
    public void Encode_Twice_LeavesTheRuntimesRequestAsItWas()
    {
        RuntimeRequest request = Request();
        var options = new CriuDumpOptions { ProcessId = 7, ImagesDirectory = "/images", External = ["mnt[/a]:a"], Runtime = request };

        OptionsEncoder.Encode(options, 20, 21);

        OptionsEncoder.Encode(options, 20, 21).External.Should().HaveCount(2);
        request.External.Should().ContainSingle();
    }

    private static RuntimeRequest Request()
    {
        var asked = new Wire
        {
            ImagesDirFd = 3,
            WorkDirFd = 4,
            Pid = 7,
            LeaveRunning = true,
            TcpEstablished = false,
            FileLocks = true,
            Root = "/rootfs",
            ManageCgroups = true,
            ManageCgroupsMode = CgroupMode.Soft,
            NotifyScripts = true,
            RstSibling = true,
            ParentImg = "../0",
            ConfigFile = "/etc/criu/runc.conf",
            FreezeCgroup = "/sys/fs/cgroup/freezer/web",
            Ps = new PageServerInfo { Port = 9 },
            LogFile = "theirs.log",
        };
        asked.External.Add("net[1]:extRootNetNS");
        asked.ExtMnt.Add(new ExternalMount { Key = "/etc/hosts", Val = "/etc/hosts" });
        Wire options = Wire.Parser.ParseFrom([.. asked.ToByteArray(), .. UnknownField]);
        return new RuntimeRequest(new Request { Type = RequestType.Dump, Opts = options }, Environment.ProcessId);
    }
}
