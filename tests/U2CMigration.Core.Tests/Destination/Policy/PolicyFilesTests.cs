using System.Net;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Destination.Policy;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Core.Tests.Destination.Policy;

/// <summary>CRIU opens files as root: what a workload gets by that is held against the policy, link by link.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class PolicyFilesTests : IDisposable
{
    private const uint ReadOnly = 0;
    private const uint ReadWrite = 2;

    private static readonly uint Me = Environment.IsPrivilegedProcess ? 0U : 1000;

    private readonly string _place = Directory.CreateTempSubdirectory().FullName;
    private readonly PolicyImages _images;

    public PolicyFilesTests()
    {
        File.SetUnixFileMode(_place, (UnixFileMode)Convert.ToInt32("755", 8));
        _images = new PolicyImages(Make("program"));
    }

    public void Dispose()
    {
        _images.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public void Run_ProgramElsewhere_IsRefused()
    {
        Run(new RestorePolicy { ExecutablePaths = [_place] });

        Refusal(new RestorePolicy { ExecutablePaths = ["/usr"] }).Should().Contain($"executes {_place}/program").And.Contain($"--allow-executables {_place}/program");
    }

    /// <summary>A place is no prefix of letters.</summary>
    [Fact]
    public void Run_PlaceThatBeginsAlike_IsAnother() => Refusal(new RestorePolicy { ExecutablePaths = [_place[..^1]] }).Should().Contain("executes");

    [Fact]
    public void Run_LinkThatLeadsOut_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_place, "data"));
        File.CreateSymbolicLink(Path.Combine(_place, "data", "link"), "/etc/passwd");
        _images.Open(Path.Combine(_place, "data", "link"), ReadOnly);

        Refusal(new RestorePolicy { ExecutablePaths = [_place + "/program"], FilePaths = [_place + "/data"] }).Should().Contain("(here /etc/passwd)").And.Contain("--allow-files /etc/passwd");
    }

    [Fact]
    public void Run_FileElsewhere_IsRefusedExceptDevicesOfEverybody()
    {
        _images.Open("/dev/null", ReadWrite);
        Run(new RestorePolicy { FilePaths = [_place] });
        _images.Open("/etc/passwd", ReadOnly);

        Refusal(new RestorePolicy { FilePaths = [_place] }).Should().Contain("has /etc/passwd open");
    }

    /// <summary>Programs may be read, but a program that is written must be in a place for files.</summary>
    [Fact]
    public void Run_ProgramOpenToWrite_IsAFile()
    {
        string other = Make("other");
        _images.Open(other, ReadOnly);
        Run(new RestorePolicy { ExecutablePaths = [_place], FilePaths = ["/var/empty"] });
        _images.Open(other, ReadWrite);

        Refusal(new RestorePolicy { ExecutablePaths = [_place], FilePaths = ["/var/empty"] }).Should().Contain("open to write");
    }

    [Fact]
    public void Run_BoundSocketElsewhere_IsRefused()
    {
        _images.Files.Add(new FileEntry { Type = 5, Id = 50, Usk = new UnixSocketEntry { Id = 50, Name = Google.Protobuf.ByteString.CopyFromUtf8("/run/docker.sock\0") } });

        Refusal(new RestorePolicy { FilePaths = [_place] }).Should().Contain("/run/docker.sock");
    }

    /// <summary>Bound by a relative path, which is a fact about the workload and no trick.</summary>
    [Fact]
    public void Run_SocketBoundByARelativePath_LiesWhereThatLeadsTo()
    {
        Directory.CreateDirectory(Path.Combine(_place, "below"));
        _images.Files.Add(new FileEntry { Type = 5, Id = 50, Usk = new UnixSocketEntry { Id = 50, NameDir = Path.Combine(_place, "below"), Name = Google.Protobuf.ByteString.CopyFromUtf8("../a.sock\0") } });

        Run(new RestorePolicy());
        Run(new RestorePolicy { FilePaths = [_place] });
        Refusal(new RestorePolicy { FilePaths = [Path.Combine(_place, "below")] }).Should().Contain("a.sock");
    }

    /// <summary>Where users are limited, a workload gets no file that they could not open.</summary>
    [Fact]
    public void Run_FileOfRoot_IsRefusedForOtherUsers()
    {
        string secret = Make("secret");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var others = new RestorePolicy { UserIds = [new IdRange(Me + 1000, Me + 1999)] };
        Own(Me + 1000);
        Run(others);
        _images.Open(secret, ReadOnly);

        Refusal(others).Should().Contain($"has {secret} open").And.Contain($"none of the users {Me + 1000}-{Me + 1999}").And.Contain($"--allow-files {secret}");
        Run(others with { FilePaths = [_place] });
        Run(others with { UserIds = [new IdRange(Me, Me + 1999)] });
    }

    /// <summary>A file for everybody in a directory for one.</summary>
    [Fact]
    public void Run_DirectoryThatCannotBeEntered_ClosesWhatIsBelow()
    {
        string closed = Path.Combine(_place, "closed");
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string file = Make("closed/file");
        Own(Me + 1000);
        _images.Open(file, ReadOnly);

        Refusal(new RestorePolicy { UserIds = [new IdRange(Me + 1000, Me + 1999)] }).Should().Contain(file);
    }

    [Fact]
    public void Run_FileForEverybodyToRead_IsNotOneToWrite()
    {
        Own(Me + 1000);
        _images.Open(Make("readable"), ReadWrite);

        Refusal(new RestorePolicy { UserIds = [new IdRange(Me + 1000, Me + 1999)] }).Should().Contain("readable open to write");
    }

    [Theory]
    [InlineData(0u, 0x81a4u)]
    [InlineData(1000u, 0x89edu)]
    [InlineData(1000u, 0x61a4u)]
    public void Run_DeletedFileOfRootWithASetUserIdBitOrADevice_IsRefused(uint owner, uint mode)
    {
        Own(1000);
        var users = new RestorePolicy { UserIds = [new IdRange(1000, 1999)], FilePaths = ["/"] };
        _images.Write("ghost-file-1.img", [ImageMagic.Common, ImageMagic.GhostFile], new GhostFileEntry { Uid = 1000, Gid = 1000, Mode = 0x81a4 });
        Run(users);
        _images.Write("ghost-file-1.img", [ImageMagic.Common, ImageMagic.GhostFile], new GhostFileEntry { Uid = owner, Gid = 1000, Mode = mode });

        Refusal(users).Should().Contain("ghost-file-1.img");
    }

    /// <summary>In mounts that come along, paths of this host mean nothing, and devices and set-user-id programs come along as well.</summary>
    [Fact]
    public void Run_MountsOfItsOwn_AreRefusedWhereUsersOrFilesAreLimited()
    {
        _images.Ids.MntNsId = 7;
        Own(1000);

        Refusal(new RestorePolicy { ExecutablePaths = [_place] }).Should().Contain("mounts of its own").And.Contain("--allow-executables");
        Refusal(new RestorePolicy { UserIds = [new IdRange(1000, 1000)] }).Should().Contain("user namespace");
        Run(new RestorePolicy { Capabilities = [], Namespaces = RequiredNamespaces.Mount });
    }

    private void Own(uint id) => _images.Core.ThreadCore.Creds = PolicyImages.User(id);

    private string Make(string name)
    {
        string path = Path.Combine(_place, name);
        File.WriteAllText(path, name);
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("644", 8));
        return path;
    }

    private void Run(RestorePolicy policy) => PolicyCheck.Run(_images.Write(), OptionsWith(policy));

    private string Refusal(RestorePolicy policy) => FluentActions.Invoking(() => Run(policy)).Should().Throw<RestoreRefusedException>().Which.Message;

    private static MigrationReceiverOptions OptionsWith(RestorePolicy policy) => new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), Policy = policy };
}
