using System.Net;
using Google.Protobuf;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Destination.Policy;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Core.Tests.Destination.Policy;

/// <summary>What the images say decides, whatever else a source has said: one rule each.</summary>
public sealed class PolicyCheckTests : IDisposable
{
    private static readonly RestorePolicy Ordinary = new() { UserIds = [new IdRange(1000, 1999)], FilePaths = ["/"] };

    private readonly PolicyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Run_Default_TakesRootWithAllCapabilities()
    {
        _images.Core.ThreadCore.Creds = PolicyImages.User(0, ulong.MaxValue >> 23);

        Run(new RestorePolicy());
    }

    [Fact]
    public void Run_AllowedUser_IsTaken() => Run(Ordinary with { RequireNoNewPrivileges = true, RequireSeccomp = true });

    /// <summary>Each of the four, as each can be taken up.</summary>
    [Theory]
    [InlineData("Uid")]
    [InlineData("Euid")]
    [InlineData("Suid")]
    [InlineData("Fsuid")]
    public void Run_OtherUser_NamesProcessLimitAndRemedy(string field)
    {
        typeof(CredentialsEntry).GetProperty(field)!.SetValue(_images.Credentials, 0U);

        Refusal(Ordinary).Should().Contain($"Process {PolicyImages.ProcessId} (svc) runs as user 0").And.Contain("1000-1999").And.Contain("--allow-users 0");
    }

    [Theory]
    [InlineData("Gid")]
    [InlineData("Egid")]
    [InlineData("Sgid")]
    [InlineData("Fsgid")]
    public void Run_OtherGroup_IsRefused(string field)
    {
        typeof(CredentialsEntry).GetProperty(field)!.SetValue(_images.Credentials, 6U);

        Refusal(Ordinary).Should().Contain("is in group 6").And.Contain("--allow-groups 6");
    }

    [Fact]
    public void Run_SupplementaryGroup_IsRefusedUnlessAllowed()
    {
        _images.Credentials.Groups.Add(27);

        Refusal(Ordinary).Should().Contain("group 27");
        Run(Ordinary with { GroupIds = [new IdRange(27, 27), new IdRange(1000, 1000)] });
    }

    /// <summary>Limited users have none unless they are named.</summary>
    [Theory]
    [InlineData("CapInh")]
    [InlineData("CapPrm")]
    [InlineData("CapEff")]
    [InlineData("CapAmb")]
    public void Run_Capability_IsRefusedUnlessAllowed(string set)
    {
        var words = (Google.Protobuf.Collections.RepeatedField<uint>)typeof(CredentialsEntry).GetProperty(set)!.GetValue(_images.Credentials)!;
        words.Clear();
        words.AddRange([1U << 10, 1U << 6]);

        Refusal(Ordinary).Should().Contain("cap_net_bind_service, cap_perfmon").And.Contain("--allow-capabilities cap_net_bind_service,cap_perfmon");
        Refusal(new RestorePolicy { Capabilities = ["NET_BIND_SERVICE"] }).Should().Contain("has or can take up cap_perfmon");
        Run(Ordinary with { Capabilities = ["cap_perfmon", "net_bind_service"] });
    }

    /// <summary>Root without capabilities gets those of its bounding set as soon as it executes a program.</summary>
    [Fact]
    public void Run_RootThatMayGainPrivileges_HasItsBoundingSet()
    {
        _images.Core.ThreadCore.Creds = PolicyImages.User(0);
        Run(new RestorePolicy { Capabilities = [] });
        _images.Credentials.NoNewPrivs = 0;

        Refusal(new RestorePolicy { Capabilities = [] }).Should().Contain("cap_sys_admin");
    }

    [Fact]
    public void Run_MayGainPrivileges_IsRefusedWhereThatIsRequired()
    {
        _images.Credentials.NoNewPrivs = 0;

        Refusal(new RestorePolicy { RequireNoNewPrivileges = true }).Should().Contain("(svc) may gain privileges").And.Contain("--require-no-new-privileges");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void Run_NoFilterOfSystemCalls_IsRefusedWhereThatIsRequired(uint mode)
    {
        _images.Core.ThreadCore.SeccompMode = mode;

        Refusal(new RestorePolicy { RequireSeccomp = true }).Should().Contain("(svc) has no filter of system calls").And.Contain("--require-seccomp");
    }

    [Fact]
    public void Run_SharedNamespaces_AreRefusedWhereOwnOnesAreRequired()
    {
        _images.Ids.NetNsId = 7;

        Refusal(new RestorePolicy { Namespaces = RequiredNamespaces.Network | RequiredNamespaces.Ipc }).Should().Contain("(ipc)").And.Contain("--require-namespaces");
        Run(new RestorePolicy { Namespaces = RequiredNamespaces.Network });
    }

    /// <summary>CRIU makes no PID namespace for another process than 1, whatever the numbers of namespaces say.</summary>
    [Fact]
    public void Run_PidNamespaceThatIsNotMade_IsNone()
    {
        _images.Ids.PidNsId = 7;

        Refusal(new RestorePolicy { Namespaces = RequiredNamespaces.Pid }).Should().Contain("(pid)");
    }

    /// <summary>Root of a user namespace may become any user that it has.</summary>
    [Fact]
    public void Run_UserNamespace_AllItsUsersMustBeAllowed()
    {
        _images.HasOwnUsers = true;
        _images.Core.ThreadCore.Creds = PolicyImages.User(0, ulong.MaxValue >> 23);
        _images.Users.UidMap.Add(new NumberRangeEntry { First = 0, LowerFirst = 1000, Count = 1000 });
        _images.Users.GidMap.Add(new NumberRangeEntry { First = 0, LowerFirst = 1000, Count = 1000 });
        Run(Ordinary);
        _images.Users.UidMap.Add(new NumberRangeEntry { First = 1000, LowerFirst = 0, Count = 1 });

        Refusal(Ordinary).Should().Contain("has the users 0 to 0 of this host");
    }

    /// <summary>An image of a user namespace that the tree is not in makes no one root of another one.</summary>
    [Fact]
    public void Run_UserNamespaceOfNobody_ChangesNothing()
    {
        _images.Core.ThreadCore.Creds = PolicyImages.User(0);
        _images.Write("userns-9.img", [ImageMagic.Common, ImageMagic.UserNamespace], new UserNamespaceEntry { UidMap = { new NumberRangeEntry { First = 0, LowerFirst = 1000, Count = 1000 } } });

        Refusal(Ordinary).Should().Contain("runs as user 0");
    }

    /// <summary>A thread whose image the list of threads does not name; CRIU may take it all the same.</summary>
    [Fact]
    public void Run_AnotherThread_IsHeldAgainstThePolicyToo()
    {
        _images.Write("core-99.img", [ImageMagic.Common, ImageMagic.Core], new CoreEntry { ThreadCore = new ThreadCoreEntry { Creds = PolicyImages.User(0) } });

        Refusal(Ordinary).Should().Contain("Thread 99 runs as user 0");
    }

    /// <summary>What has ended runs as no one.</summary>
    [Fact]
    public void Run_ProcessThatHasEnded_IsNotAsked()
    {
        _images.Write("core-99.img", [ImageMagic.Common, ImageMagic.Core], new CoreEntry { Tc = new TaskCoreEntry { TaskState = 6, Comm = "gone" } });

        Run(Ordinary);
    }

    /// <summary>CRIU would leave the thread what it has itself: root, with all capabilities.</summary>
    [Fact]
    public void Run_ThreadWithoutCredentials_IsRefusedByDefault()
    {
        _images.Core.ThreadCore.Creds = null;

        Refusal(new RestorePolicy()).Should().Contain("does not say as whom the thread runs");
    }

    /// <summary>CRIU would copy what lies behind the words that are there.</summary>
    [Fact]
    public void Run_HalfASetOfCapabilities_IsRefusedByDefault()
    {
        _images.Credentials.CapPrm.RemoveAt(1);

        Refusal(new RestorePolicy()).Should().Contain("does not say as whom");
    }

    [Fact]
    public void Run_CredentialsTwice_AreRefusedByDefault()
    {
        byte[] once = _images.Core.ToByteArray();
        byte[] again = new CoreEntry { ThreadCore = new ThreadCoreEntry { Creds = new CredentialsEntry { Uid = 0 } } }.ToByteArray();

        Refusal(new RestorePolicy(), images => _images.WriteCore(PolicyImages.ProcessId, [.. once, .. again])).Should().Contain("says something twice");
    }

    [Fact]
    public void Run_SecondEntry_IsRefusedByDefault() =>
        Refusal(new RestorePolicy(), images => _images.Write($"core-{PolicyImages.ProcessId}.img", [ImageMagic.Common, ImageMagic.Core], _images.Core, _images.Core)).Should().Contain("second entry");

    [Theory]
    [InlineData("/srv/../etc/shadow")]
    [InlineData("//etc/shadow")]
    [InlineData("x/etc/shadow")]
    [InlineData("/srv/./x")]
    [InlineData("/srv/")]
    [InlineData("")]
    public void Run_PathThatIsNotPlain_IsRefusedByDefault(string path)
    {
        _images.Open(path, flags: 0);

        Refusal(new RestorePolicy()).Should().Contain("not a plain absolute one");
    }

    /// <summary>Without that list CRIU reads images of its earlier versions, which are not looked at.</summary>
    [Fact]
    public void Run_NoListOfFiles_IsRefusedByDefault() =>
        Refusal(new RestorePolicy(), images => File.Delete(images.PathOf("files.img"))).Should().Contain("files.img");

    [Theory]
    [InlineData(10u, "a packet socket", "cap_net_raw")]
    [InlineData(15u, "a TUN device", "cap_net_admin")]
    [InlineData(12u, "a fanotify descriptor", "cap_sys_admin")]
    [InlineData(19u, "a BPF map", "cap_bpf")]
    public void Run_WhatTakesACapabilityToOpen_IsRefusedWithoutIt(uint type, string what, string capability)
    {
        _images.Files.Add(new FileEntry { Type = type, Id = 77 });

        Refusal(Ordinary).Should().Contain(what).And.Contain($"--allow-capabilities {capability}");
        Run(new RestorePolicy());
    }

    [Fact]
    public void Run_RawSocket_IsRefusedWithoutItsCapability()
    {
        _images.Files.Add(new FileEntry { Type = 3, Id = 77, Isk = new InetSocketEntry { Id = 77, Type = 3 } });

        Refusal(Ordinary).Should().Contain("a raw socket");
    }

    private void Run(RestorePolicy policy) => PolicyCheck.Run(_images.Write(), OptionsWith(policy));

    private string Refusal(RestorePolicy policy, Action<ImageDirectory>? change = null)
    {
        ImageDirectory images = _images.Write();
        change?.Invoke(images);
        return FluentActions.Invoking(() => PolicyCheck.Run(images, OptionsWith(policy))).Should().Throw<RestoreRefusedException>().Which.Message;
    }

    private static MigrationReceiverOptions OptionsWith(RestorePolicy policy) => new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), Policy = policy };
}
