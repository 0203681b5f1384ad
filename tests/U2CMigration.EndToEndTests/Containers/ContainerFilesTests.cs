using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>Files of containers travel in step with their memory: what a program had written when it was frozen is there when it runs on.</summary>
[Collection<SharedRig>]
public sealed class ContainerFilesTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string List = "cd data/many && find . -type f | sort | xargs sha256sum && stat -c '%n %h %a %Y' one 1 10";

    [Theory]
    [Shows(Kind.Containers, "what a container of runc or crun has changed in an overlay, and volumes that are named", Outcome.Moved, Because = "In rounds beside the memory, the rest in the freeze; volumes by ContainerOptions.Volumes (agent: --volume).")]
    [InlineData("crun", "overlay", false)]
    [InlineData("runc", "overlay", true)]
    [InlineData("crun", "plain", false)]
    public async Task Move_WritesAllTheTime_EverythingIsThere(string runtime, string root, bool verify)
    {
        Requires.Testbed();
        await using RunningWriter writer = await RunningWriter.StartAsync(Rig, runtime, root, Cancellation);
        await using Agents agents = await Agents.StartAsync(Rig, Cancellation, "--containers", runtime);

        await using RigProcess sender = writer.StartSending(["--volume", "/data", .. root == "plain" ? (string[])["--volume", "/"] : [], .. verify ? (string[])["--verify"] : []]);
        CommandResult moved = await sender.WaitAsync(Cancellation);

        moved.ExitCode.Should().Be(0, $"it said {moved.Output} {moved.Error}");
        JsonElement result = JsonDocument.Parse(moved.Output.Split('\n').Last(line => line.Contains("\"event\":\"result\"", StringComparison.Ordinal))).RootElement;
        JsonElement files = result.GetProperty("files");
        files.GetProperty("rounds").GetInt32().Should().BeGreaterThan(1);
        files.GetProperty("entries").GetInt64().Should().BeGreaterThan(RunningWriter.ManyFiles);
        files.GetProperty("frozenEntries").GetInt64().Should().BeInRange(1, RunningWriter.ManyFiles, "what no one touches does not travel again");
        files.GetProperty("frozenMs").GetDouble().Should().BePositive().And.BeLessThan(result.GetProperty("downtimeMs").GetDouble());
        if (verify)
        {
            files.GetProperty("comparedEntries").GetInt64().Should().BeGreaterThan(RunningWriter.ManyFiles);
        }

        (await writer.StatusAsync(Rig.A, Cancellation)).Should().BeNull();
        (await writer.StatusAsync(Rig.B, Cancellation)).Should().Be("running");
        await writer.WritesOnAsync(Rig.B, Cancellation);
        string[] left = [(await writer.ShellAsync(Rig.A, "tail -n 1 rootfs/work/log", Cancellation)).Successful(), (await writer.ShellAsync(Rig.B, "tail -n 1 rootfs/work/log", Cancellation)).Successful()];
        long.Parse(left[1]).Should().BeGreaterThan(long.Parse(left[0]), "the copy of the source stands still");
        (await writer.ShellAsync(Rig.B, List, Cancellation)).Successful().Should().Be((await writer.ShellAsync(Rig.A, List, Cancellation)).Successful());
        (await writer.ShellAsync(Rig.B, "ls data rootfs/etc", Cancellation)).Successful().Should().NotContain("stale").And.NotContain("gone");
    }

    /// <summary>A program of another size: CRIU gives up in the restore, when all files are there.</summary>
    [Fact]
    public async Task Send_RestoreFailsThere_SourceWritesOnAndNothingIsLeftThere()
    {
        Requires.Testbed();
        await using RunningWriter writer = await RunningWriter.StartAsync(Rig, "crun", "overlay", Cancellation);
        await using Agents agents = await Agents.StartAsync(Rig, Cancellation, "--containers", "crun");
        const string Spoil = "umount rootfs && echo more >>layer/lower/usr/bin/perl && mount -t overlay overlay -o lowerdir=$PWD/layer/lower,upperdir=$PWD/layer/upper,workdir=$PWD/layer/work rootfs";
        (await writer.ShellAsync(Rig.B, Spoil, Cancellation)).Successful();

        await using RigProcess sender = writer.StartSending("--volume", "/data");
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain("perl").And.Contain(StillHere);
        (await writer.StatusAsync(Rig.A, Cancellation)).Should().Be("running");
        await writer.WritesOnAsync(Rig.A, Cancellation);
        (await writer.StatusAsync(Rig.B, Cancellation)).Should().BeNull();
        (await writer.ShellAsync(Rig.B, "ls -A data layer/upper", Cancellation)).Successful().Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal("data:", "layer/upper:");
        (await writer.ShellAsync(Rig.B, "cat rootfs/etc/gone", Cancellation)).Successful().Should().Be("gone", "the overlay is mounted as before");
    }

    [Fact]
    [Shows(Kind.Containers, "directories of the host that a container may write to and that are not named, and an overlay across file systems", Outcome.Refused, Remedy = "Name them (ContainerOptions.Volumes, agent: --volume), or vouch for them (FilesAreThere, agent: --files-are-there); put the directories of the overlay on one file system, or mount it with xino=on.")]
    public async Task Send_FilesCannotTravel_RefusesWithRemedy()
    {
        Requires.Testbed();
        await using RunningWriter writer = await RunningWriter.StartAsync(Rig, "crun", "overlay", Cancellation);
        await using Agents agents = await Agents.StartAsync(Rig, Cancellation, "--containers", "crun");
        (await writer.ShellAsync(Rig.B, "echo left >rootfs/etc/left", Cancellation)).Successful();

        await RefusedAsync(writer, 2, [], "which were not named", "--volume /data");
        await RefusedAsync(writer, 2, ["--volume", "/data", "--volume", "/nowhere"], "/nowhere is no directory of this host", "It has /data");
        await RefusedAsync(writer, 1, ["--volume", "/data"], "/etc/left", "mount it again");

        await writer.WritesOnAsync(Rig.A, Cancellation);
        (await writer.ShellAsync(Rig.B, "cat data/stale rootfs/etc/left", Cancellation)).Successful().Should().Be("old\nleft");
        await using RunningWriter layers = await RunningWriter.StartAsync(Rig, "crun", "layers", Cancellation);
        await RefusedAsync(layers, 2, ["--volume", "/data"], "on different file systems", "xino=on");
    }

    private async Task RefusedAsync(RunningWriter writer, int exitCode, string[] options, string reason, string remedy)
    {
        await using RigProcess sender = writer.StartSending(options);
        CommandResult result = await sender.WaitAsync(Cancellation);
        result.ExitCode.Should().Be(exitCode, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain(reason).And.Contain(remedy);
    }
}
