using System.Net;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Destination.Policy;
using U2CMigration.Core.Receiving;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination.Policy;

/// <summary>An honest source is told before anything is touched.</summary>
public sealed class OfferedPrivilegesTests
{
    private static readonly WorkloadPrivileges Root = new("Process 7 (svc; x)", [0], [0, 27], 1UL << 21, HasNoNewPrivileges: false, HasSeccompFilter: false);

    [Fact]
    public void Traits_Privileges_ArriveAsTheyWere()
    {
        string[] traits = [.. PrivilegeTraits.Of([Root, Root with { UserIds = [], HasNoNewPrivileges = true, HasSeccompFilter = true }], RequiredNamespaces.Mount | RequiredNamespaces.Pid), "privileges:x", "namespaces:-1", "other"];

        IReadOnlyList<WorkloadPrivileges> found = PrivilegeTraits.In(traits, out RequiredNamespaces? own);

        found.Should().BeEquivalentTo([Root, Root with { UserIds = [], HasNoNewPrivileges = true, HasSeccompFilter = true }]);
        own.Should().Be(RequiredNamespaces.Mount | RequiredNamespaces.Pid);
    }

    [Fact]
    public void Problems_EachRule_IsNamed()
    {
        string[] problems = Problems(
            new RestorePolicy { UserIds = [new IdRange(1000, 1999)], RequireNoNewPrivileges = true, RequireSeccomp = true, Namespaces = RequiredNamespaces.User },
            [.. PrivilegeTraits.Of([Root], RequiredNamespaces.None)]);

        problems.Should().HaveCount(7).And.SatisfyRespectively(
            static one => one.Should().StartWith("Process 7 (svc; x) runs as user 0, "),
            static one => one.Should().Contain("group 0"),
            static one => one.Should().Contain("group 27"),
            static one => one.Should().Contain("cap_sys_admin"),
            static one => one.Should().Contain("no_new_privs"),
            static one => one.Should().Contain("seccomp"),
            static one => one.Should().Contain("(user)"));
    }

    [Fact]
    public void Problems_SourceThatSaysNothing_IsAskedByItsImages() =>
        Problems(new RestorePolicy { UserIds = [new IdRange(1000, 1999)], Namespaces = RequiredNamespaces.User }, []).Should().BeEmpty();

    /// <summary>A source that chooses what of this host is mounted where has no limits at all.</summary>
    [Theory]
    [InlineData("restore-with:root=/")]
    [InlineData("restore-with:external-mount=/x=/etc")]
    [InlineData("restore-with:auto-external-mounts")]
    [InlineData("restore-with:file-system=ext4")]
    public void Problems_SourceChoosesMounts_IsRefusedWhereUsersAreLimited(string requirement)
    {
        Problems(new RestorePolicy { UserIds = [new IdRange(1000, 1999)] }, [], requirement).Should().ContainSingle().Which.Should().Contain("only this host may give that");
        Problems(new RestorePolicy(), [], requirement).Should().BeEmpty();
    }

    [Fact]
    public void Problems_FileInNoPlace_IsNamed()
    {
        var policy = new RestorePolicy { ExecutablePaths = ["/usr"], FilePaths = ["/srv"] };

        OfferedPrivileges.Problems(OfferWith([], []), new Needs { Files = [new NeededFile("/etc/passwd", 0x81a4, 0), new NeededFile("/usr/bin", 0x41ed, 0)] }, OptionsWith(policy))
            .Should().ContainSingle().Which.Should().Contain("/etc/passwd").And.Contain("--allow-files");
    }

    /// <summary>What is read of a running process is what its images will say.</summary>
    [Fact]
    public void Parse_StatusOfAThread_IsRead()
    {
        const string Status = "Name:\tsvc\nState:\tS (sleeping)\nUid:\t33\t33\t34\t33\nGid:\t33\t33\t33\t33\nGroups:\t4 33 \nCapInh:\t0000000000000000\nCapPrm:\t0000000000000400\nCapEff:\t0000000000000400\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t2\n";

        TreePrivileges.Parse("Process 7", Status).Should().BeEquivalentTo(new WorkloadPrivileges("Process 7 (svc)", [33, 34], [33, 4], 0x400, false, true));
        TreePrivileges.Parse("Process 7", Status.Replace("\t33\t33\t34", "\t0\t33\t34", StringComparison.Ordinal))!.Capabilities.Should().Be(0x1ffffffffff);
        TreePrivileges.Parse("Process 7", Status.Replace("S (sl", "Z (sl", StringComparison.Ordinal)).Should().BeNull();
    }

    [Theory]
    [InlineData("1000", 1000u, 1000u)]
    [InlineData("1000-1999", 1000u, 1999u)]
    [InlineData("0-4294967295", 0u, 4294967295u)]
    public void TryParse_Range_IsRead(string text, uint first, uint last)
    {
        IdRange.TryParse(text, out IdRange range).Should().BeTrue();
        range.Should().Be(new IdRange(first, last));
        range.ToString().Should().Be(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("2-1")]
    [InlineData("1-2-3")]
    [InlineData("root")]
    [InlineData("4294967296")]
    public void TryParse_NoRange_IsSaid(string text) => IdRange.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Create_PolicyThatMakesNoSense_NamesAllOfIt() =>
        FluentActions.Invoking(() => MigrationReceiver.Create(OptionsWith(new RestorePolicy { UserIds = [new IdRange(2, 1)], Capabilities = ["net_bind"], FilePaths = ["srv"] })))
            .Should().Throw<ArgumentException>().WithMessage("*2-1*net_bind*capabilities(7)*srv*absolute*");

    private static string[] Problems(RestorePolicy policy, string[] traits, params string[] requirements) => [.. OfferedPrivileges.Problems(OfferWith(traits, requirements), null, OptionsWith(policy))];

    private static Offer OfferWith(string[] traits, string[] requirements) =>
        new() { MigrationId = Guid.NewGuid(), Name = "svc", Kernel = "Linux", CriuVersion = "4.2", TotalMemoryBytes = 1, ProcessIds = [7], Traits = traits, Requirements = requirements };

    private static MigrationReceiverOptions OptionsWith(RestorePolicy policy) => new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), Policy = policy };
}
