using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Peculiarities;

/// <summary>Workloads in user namespaces of their own, where the kernel gives CRIU no userfaultfd: their memory comes from flat images.</summary>
[Collection<SharedRig>]
public sealed class UserNamespaceTests(RigFixture fixture)
{
    private const string ToItself = "0 0 1";
    private const string Subordinate = "0 100000 65536";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One process mapped to its own user; a tree with a range of subordinate users; a tree in which a child begins after the namespace.</summary>
    [Theory]
    [Shows(Kind.Containers, "a user namespace with mount and PID namespaces of its own", Outcome.Moved, Because = "Its memory is restored from flat images unless vm.unprivileged_userfaultfd is 1, so that the downtime grows with it.", Needs = "vm.unprivileged_userfaultfd=0")]
    [InlineData("uc", false, ToItself)]
    [InlineData("Uc", true, Subordinate)]
    [InlineData("Uc - -", false, Subordinate)]
    [InlineData("uc -", true, ToItself)]
    public async Task Move_TreeInAUserNamespace_RunsOnFromFlatImages(string processes, bool hasOwnCgroup, string users)
    {
        Requires.Testbed();
        RequiresRestricted();
        await using PeculiarTree tree = await PeculiarTree.StartAsync(fixture.Rig, processes, hasOwnCgroup, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await agents.MoveAsync(tree.ProcessId, Cancellation);
        long arrived = await tree.TurnsAsync(0, Cancellation);

        (await tree.TurnsAsync(arrived, Cancellation)).Should().BeGreaterThan(arrived);
        (await tree.UsersAsync(Rig.B, Cancellation)).Should().Be(users);
        (await tree.UsersAsync(Rig.A, Cancellation)).Should().BeEmpty("nothing of it runs on the source");
        (await RestoreModeAsync(agents)).Should().Be("FlatImages");
    }

    /// <summary>The namespaces of a container alone are no reason to give up first touch.</summary>
    [Fact]
    [Shows(Kind.Containers, "mount and PID namespaces of the root of the workload", Outcome.Moved, Because = "With the option root where the root is another directory.")]
    public async Task Move_ContainerInTheHostsUserNamespace_IsRestoredByFirstTouch()
    {
        Requires.Testbed();
        await using PeculiarTree tree = await PeculiarTree.StartAsync(fixture.Rig, "c -", hasOwnCgroup: true, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await agents.MoveAsync(tree.ProcessId, Cancellation);

        await tree.TurnsAsync(0, Cancellation);
        (await RestoreModeAsync(agents)).Should().Be("FirstTouch");
    }

    [Fact]
    public async Task Move_FirstTouchAskedFor_IsRefusedBeforeAnythingIsTouched()
    {
        Requires.Testbed();
        RequiresRestricted();
        await using PeculiarTree tree = await PeculiarTree.StartAsync(fixture.Rig, "Uc", hasOwnCgroup: true, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--restore-mode", "first-touch");

        string said = await FailAsync(agents, tree, exitCode: 1);

        said.Should().Contain("user namespace of its own").And.Contain("vm.unprivileged_userfaultfd=1").And.NotContain("\"Attaching\"");
    }

    /// <summary>What CRIU would refuse with the tree frozen is said before: a child that went into another user namespace, and a namespace without its own mounts.</summary>
    [Theory]
    [Shows(Kind.Containers, "a user namespace without mounts of its own, or one inside of the tree", Outcome.Refused, Remedy = "Move the root of the namespace as a workload of its own, or start the workload with mount and PID namespaces too.")]
    [InlineData("- u", "in another user namespace than the root of its tree")]
    [InlineData("c u", "in another user namespace than the root of its tree")]
    [InlineData("Uc u", "in another user namespace than the root of its tree")]
    [InlineData("- - U", "in another user namespace than the root of its tree")]
    [InlineData("u -", "in the mount or PID namespace of this host")]
    public async Task Move_UserNamespaceThatCriuCanNotMove_IsRefusedBeforehand(string processes, string sentence)
    {
        Requires.Testbed();
        await using PeculiarTree tree = await PeculiarTree.StartAsync(fixture.Rig, processes, hasOwnCgroup: false, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        string said = await FailAsync(agents, tree, exitCode: 2);

        said.Should().Contain(sentence).And.NotContain("\"Connecting\"");
    }

    private static void RequiresRestricted() =>
        Requires.KernelHas(File.ReadAllText("/proc/sys/vm/unprivileged_userfaultfd").Trim() == "0", "vm.unprivileged_userfaultfd is not 0: first touch is open to all");

    private static async Task<string> RestoreModeAsync(Agents agents)
    {
        string arrived = await agents.Receiver.ReadLineAsync("\"restoreMode\"", Cancellation);
        return JsonDocument.Parse(arrived).RootElement.GetProperty("restoreMode").GetString()!;
    }

    private static async Task<string> FailAsync(Agents agents, PeculiarTree tree, int exitCode)
    {
        await using RigProcess sender = agents.StartSending(tree.ProcessId);
        CommandResult result = await sender.WaitAsync(Cancellation);
        result.ExitCode.Should().Be(exitCode, $"it said {result.Output} {result.Error}");
        await tree.TurnsAsync(0, Cancellation);
        return result.Output;
    }
}
