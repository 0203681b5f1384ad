using System.Diagnostics;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Testbed;

[Collection<SharedRig>]
public sealed class RigTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_CommandFails_PassesTheExitCodeOn()
    {
        Requires.Testbed();

        CommandResult result = await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", "exit 7"], Cancellation);

        result.ExitCode.Should().Be(7);
    }

    [Fact]
    public async Task Exec_DescriptorOpenOutside_IsClosedInside()
    {
        Requires.Testbed();

        string[] command = ["-c", "exec 7</etc/passwd; exec \"$@\"", "bash", .. fixture.Rig.CommandLine(Rig.A, "test", "-e", "/proc/self/fd/7")];
        using Process outer = Process.Start("bash", command);
        await outer.WaitForExitAsync(Cancellation);

        outer.ExitCode.Should().Be(1, "the descriptor must not be there");
    }

    [Fact]
    public async Task Exec_Killed_EndsTheCommandInside()
    {
        Requires.Testbed();
        await using RigProcess process = fixture.Rig.Start(Rig.A, "sh", "-c", "echo $$; exec sleep 1000");
        string pid = await process.ReadLineAsync("", Cancellation);

        await process.KillAsync();

        // The supervisor inside kills the command when it learns of the death outside; tini reaps both.
        string gone = $"while [ -e /proc/{pid} ]; do sleep 0.02; done";
        (await fixture.Rig.ExecAsync(Rig.A, ["timeout", "10", "sh", "-c", gone], Cancellation)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Exec_Terminated_LetsTheCommandEndByItself()
    {
        Requires.Testbed();
        await using RigProcess process = fixture.Rig.Start(Rig.A, "sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.02; done");
        await process.ReadLineAsync("ready", Cancellation);

        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        CommandResult result = await process.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(9);
    }

    [Fact]
    public async Task Hosts_SameCgroupName_AreDifferentCgroups()
    {
        Requires.Testbed();
        const string Directory = "/sys/fs/cgroup/$([ -d /sys/fs/cgroup/freezer ] && echo freezer/)web";

        await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", $"mkdir {Directory}"], Cancellation);
        CommandResult onB = await fixture.Rig.ExecAsync(Rig.B, ["sh", "-c", $"test -e {Directory}"], Cancellation);

        onB.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Hosts_FileWrittenInOne_IsAbsentFromTheOther()
    {
        Requires.Testbed();

        await fixture.Rig.ExecAsync(Rig.A, ["touch", "/etc/written-in-a"], Cancellation);
        CommandResult onB = await fixture.Rig.ExecAsync(Rig.B, ["test", "-e", "/etc/written-in-a"], Cancellation);

        onB.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Client_ServiceAddress_ReachesHostA()
    {
        Requires.Testbed();
        await RunningWorkload.BringAddressHomeAsync(fixture.Rig, Cancellation);
        await using RigProcess server = fixture.Rig.Start(Rig.A, "sh", "-c", $"echo up; echo from-a | nc -l -N {Rig.ServiceAddress} 7000");
        await server.ReadLineAsync("up", Cancellation);

        string ask = $"until nc -N {Rig.ServiceAddress} 7000 </dev/null; do sleep 0.02; done";
        CommandResult answer = await fixture.Rig.ExecAsync(Rig.Client, ["timeout", "10", "sh", "-c", ask], Cancellation);

        answer.Output.Should().Contain("from-a");
    }

    [Fact]
    public async Task Up_NameTaken_SaysSo()
    {
        Requires.Testbed();

        Func<Task> second = () => Rig.UpAsync("fixture", cancellationToken: Cancellation);

        await second.Should().ThrowAsync<InvalidOperationException>().WithMessage("*up already*");
    }

    [Fact]
    public async Task Down_ProcessInAFrozenCgroup_EndsItAndLeavesNothing()
    {
        Requires.Testbed();
        await using Rig rig = await Rig.UpAsync("frozen", cancellationToken: Cancellation);
        const string Freeze = """
            cd /sys/fs/cgroup
            if [ -d freezer ]; then cd freezer; fi
            mkdir stuck
            sleep 1000 &
            echo $! > stuck/cgroup.procs
            if [ -e stuck/freezer.state ]; then echo FROZEN > stuck/freezer.state; else echo 1 > stuck/cgroup.freeze; fi
            echo frozen
            wait
            """;
        await using RigProcess frozen = rig.Start(Rig.A, "bash", "-c", Freeze);
        await frozen.ReadLineAsync("frozen", Cancellation);

        await rig.DownAsync();

        System.IO.Directory.EnumerateDirectories("/sys/fs/cgroup", rig.Name, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })
            .Should().BeEmpty();
    }
}
