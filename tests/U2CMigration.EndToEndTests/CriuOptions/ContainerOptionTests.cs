using System.Globalization;
using U2CMigration.Core.Inventory;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.CriuOptions;

/// <summary>What containers have: mounts of their own, volumes of the host, control groups, watched files on an overlay.</summary>
[Collection<SharedRig>]
public sealed class ContainerOptionTests(RigFixture fixture) : BelongingsTest(fixture)
{
    private const string Group = "/sys/fs/cgroup/pids/service";

    [Theory]
    [Shows(Kind.Containers, "a mount that comes from outside the mount namespace of the workload, a volume for example", Outcome.RolledBack, Because = "It moves where the option names it.", Remedy = "Name the root and the mount (agent: --root, --external-mount, --auto-external-mounts).", Option = "CriuSettings.Mounts (agent: --root, --external-mount)")]
    [InlineData("", "volume-of-b")]
    [InlineData("/volume=/srv/elsewhere", "elsewhere")]
    public async Task Send_OwnMountNamespace_MovesOnlyWithRootAndExternalMounts(string onDestination, string expected)
    {
        Requires.Testbed();
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            string make = "rm -rf /srv/volume /srv/elsewhere && mkdir -p /srv/box/volume /srv/box/proc /srv/box/old /srv/volume /srv/elsewhere"
                + $" && echo volume-of-{host} > /srv/volume/content && echo elsewhere > /srv/elsewhere/content"
                + $" && (umask 077; : > /srv/box/null) && cp {NativeProgram.Build("belongings")} /srv/box/belongings"
                + $" && {(host == Rig.A ? "true" : "(mountpoint -q /srv/box || mount --bind /srv/box /srv/box)")}";
            await RunAsync(host, make);
        }

        await using RunningWorkload workload = await StartAsync("--with", "contained", "--root", "/srv/box", "--volume", "/srv/volume");
        CommandResult child = await Rig.ExecAsync(Rig.A, ["pgrep", "-P", $"{workload.ProcessId}"], Cancellation);
        int processId = int.Parse(child.Successful(), CultureInfo.InvariantCulture);
        string[] options = ["--root", "/srv/box", "--external-mount", "/volume=/srv/volume"];
        string[] receiveOptions = onDestination.Length == 0 ? [] : ["--external-mount", onDestination];
        if (onDestination.Length == 0)
        {
            string said = MessageOf(await StayedAsync(workload, [], processId: processId));
            said.Should().Contain("CRIU could not dump the workload").And.Contain("The mount /volume comes from outside the workload's mount namespace").And.Contain("--external-mount");
            await KeptLog.CheckAsync(Rig, Rig.A, said, ".dump.log", Cancellation);
        }

        (await MovedAsync(workload, options, receiveOptions, processId)).Should().Be($"ok kinds=1 pid=1 volume={expected}");
    }

    [Theory]
    [Shows(Kind.Containers, "the control group of the workload", Outcome.LeftBehindAndNamed, Because = "Its limits are named; with the option the group moves along.", Option = "CriuSettings.Cgroups (agent: --cgroup-mode soft)", Needs = "control groups of version 1")]
    [InlineData("ignore", "no group")]
    [InlineData("soft", "33")]
    public async Task Move_InAControlGroup_GroupAndPropertiesMoveIfAsked(string mode, string expected)
    {
        Requires.Testbed();
        Requires.That(Directory.Exists("/sys/fs/cgroup/pids"), "the machine has no cgroup version 1 hierarchy for process numbers");
        await RunAsync(Rig.B, $"[ ! -d {Group} ] || rmdir {Group}");
        await using RunningWorkload workload = await StartAsync("--with", "fifo");
        await RunAsync(Rig.A, $"mkdir -p {Group} && echo 33 > {Group}/pids.max && echo {workload.ProcessId} > {Group}/cgroup.procs");

        await MovedAsync(workload, ["--cgroup-mode", mode]);

        string look = $"grep -qx {workload.ProcessId} {Group}/cgroup.procs 2>/dev/null && cat {Group}/pids.max || echo no group";
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", look], Cancellation)).Successful().Should().Be(expected);
    }

    [Fact]
    [ShowsFinding(Kind.Files, nameof(FindingKind.WatchedFile), Outcome.MovedWithAnOption)]
    public async Task Send_WatchedFileOnAnOverlay_MovesOnlyWithForceInodeMap()
    {
        Requires.Testbed();
        await RunAsync(Rig.B, "touch /var/tmp/watched");
        await using RunningWorkload workload = await StartAsync("--with", "watch", "--directory", "/var/tmp");

        string said = MessageOf(await StayedAsync(workload, [], exitCode: 2));
        said.Should().Contain($"Process {workload.ProcessId} (belongings) has descriptor").And.Contain("anon_inode:inotify").And.Contain("does not tell its path").And.Contain("--force-inode-map");

        await MovedAsync(workload, ["--force-inode-map", "--inode-map-path", "/var/tmp"]);
    }
}
