using System.Text.Json;
using U2CMigration.Core.Inventory;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Inventory;

/// <summary>What cannot come along is found before anything is touched, or given up where the caller allows it, and then named; what moves is not refused.</summary>
[Collection<SharedRig>]
public sealed class InventoryTests(RigFixture fixture) : FailureTest(fixture)
{
    /// <summary>Each kind of native/oddities with the kind of finding, and what the finding must name.</summary>
    private static readonly (string Kind, string Finding, string Named, string Remedy)[] Refused =
    [
        ("pipe-out", "outsidePipe", "its other end is open in process", "--allow outside-pipes"),
        ("pipe-in", "outsidePipe", "its other end is open in process", "--allow outside-pipes"),
        ("pipe-both", "outsidePipe", "has it open as well", "--allow outside-pipes"),
        ("fifo", "outsidePipe", "/tmp/oddities.fifo", "--allow outside-pipes"),
        ("eventfd", "outsideEvent", "anon_inode:[eventfd]", "--allow outside-events"),
        ("listener", "outsideSocket", "has it open as well", "--allow outside-sockets"),
        ("memfd", "outsideMemory", "/memfd:oddity", "--allow outside-memory"),
        ("shared-memory", "outsideMemory", "/dev/zero", "--allow outside-memory"),
        ("stream", "outsideStream", "a unix stream", "move both ends in one tree"),
        ("datagrams", "outsideDatagrams", "/tmp/oddities.socket", "--external-unix-sockets"),
        ("datagram-pair", "outsideDatagrams", "has no path", "has to be closed first"),
        ("connection", "localConnection", "from 127.0.0.1:", "--allow local-connections"),
        ("connection6", "localConnection", "from [::1]:", "--tcp-close"),
        ("terminal", "terminal", "/dev/pts/", "setsid"),
        ("io_uring", "ioUring", "anon_inode:[io_uring]", "kernel.io_uring_disabled=2"),
        ("userfaultfd", "kernelObject", "anon_inode:[userfaultfd]", "start it without"),
        ("perf", "kernelObject", "anon_inode:[perf_event]", "start it without"),
        ("pidfd", "processDescriptor", "it stands for process", "Move that process along"),
        ("device", "device", "(10:229)", "start it without"),
        ("device-memory", "deviceMemory", "/tmp/oddities.memory", "Let the workload unmap it"),
        ("message-queue", "messageQueue", "/oddities", "start it without"),
        ("secret", "secretMemory", "/secretmem", "start the workload without"),
        ("vsock", "socketKind", "AF_VSOCK", "start it without"),
        ("alg", "socketKind", "ALG", "start it without"),
        ("multipath", "multipathTcp", "MPTCP", "GODEBUG=multipathtcp=0"),
        ("shm", "systemVMemory", "System V memory, segment", "unshare --ipc"),
        ("sem", "systemVSemaphores", "System V semaphores, set", "unshare --ipc"),
        ("msg", "systemVQueue", "System V message queue", "unshare --ipc"),
        ("nested-pid", "nestedNamespace", "a PID namespace", "Move that process as a workload of its own"),
        ("nested-ipc", "nestedNamespace", "an IPC namespace", "Move that process as a workload of its own"),
    ];

    private const string Givable = "pipe-out,pipe-in,fifo,eventfd,listener,memfd,shared-memory,connection";

    [Fact]
    [ShowsFinding(Kind.Sockets, nameof(FindingKind.OutsideStream), Outcome.Refused)]
    [ShowsFinding(Kind.Sockets, nameof(FindingKind.MultipathTcp), Outcome.Refused)]
    [ShowsFinding(Kind.Sockets, nameof(FindingKind.SocketKind), Outcome.Refused)]
    [ShowsFinding(Kind.Files, nameof(FindingKind.Terminal), Outcome.Refused)]
    [ShowsFinding(Kind.Files, nameof(FindingKind.IoUring), Outcome.Refused)]
    [ShowsFinding(Kind.Files, nameof(FindingKind.KernelObject), Outcome.Refused)]
    [ShowsFinding(Kind.Files, nameof(FindingKind.Device), Outcome.Refused)]
    [ShowsFinding(Kind.Files, nameof(FindingKind.MessageQueue), Outcome.Refused)]
    [ShowsFinding(Kind.Processes, nameof(FindingKind.ProcessDescriptor), Outcome.Refused)]
    [ShowsFinding(Kind.Memory, nameof(FindingKind.SecretMemory), Outcome.Refused)]
    [ShowsFinding(Kind.Memory, nameof(FindingKind.DeviceMemory), Outcome.Refused, Because = "Shown on kernels with CONFIG_DEVMEM.")]
    [ShowsFinding(Kind.Memory, nameof(FindingKind.SystemVMemory), Outcome.Refused)]
    [ShowsFinding(Kind.Memory, nameof(FindingKind.SystemVSemaphores), Outcome.Refused)]
    [ShowsFinding(Kind.Memory, nameof(FindingKind.SystemVQueue), Outcome.Refused)]
    [ShowsFinding(Kind.Containers, nameof(FindingKind.NestedNamespace), Outcome.Refused)]
    public async Task Check_ThingsThatCannotMove_NamesEachWithItsRemedy()
    {
        Requires.Testbed();
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, string.Join(',', Refused.Select(static one => one.Kind)), Cancellation);

        JsonElement[] findings = [.. (await Agents.CheckAsync(Rig, oddities.ProcessId, Cancellation)).GetProperty("findings").EnumerateArray()];

        foreach ((string kind, string finding, string named, string remedy) in Refused.Where(one => !oddities.Unavailable.Contains(one.Kind)))
        {
            findings.Should().Contain(
                found => Text(found, "kind") == finding && Text(found, "severity") == "refused" && Text(found, "processName") == "oddities"
                    && (Text(found, "thing") + Text(found, "reason")).Contains(named) && (Text(found, "remedy") + Text(found, "option")).Contains(remedy, StringComparison.OrdinalIgnoreCase),
                $"there is a {kind}; found were {string.Join("; ", findings.Select(found => Text(found, "kind") + " " + Text(found, "thing")))}");
        }

        (await oddities.StateAsync(Rig.A, Cancellation)).Should().Be("S", "it runs on untouched");
    }

    [Fact]
    public async Task Check_EverythingThatMoves_IsNotRefused()
    {
        Requires.Testbed();
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, "harmless,file,thread,group", Cancellation);

        JsonElement check = await Agents.CheckAsync(Rig, oddities.ProcessId, Cancellation);

        check.GetProperty("isRefused").GetBoolean().Should().BeFalse($"it said {check}");
        check.GetProperty("findings").EnumerateArray().Should().BeEmpty();
    }

    [Fact]
    [Shows(Kind.Pipes, "pipes whose ends are all in the tree, or whose other end is closed", Outcome.Moved)]
    [Shows(Kind.Pipes, "event counters, signal descriptors and epoll sets of the tree", Outcome.Moved)]
    [Shows(Kind.Files, "plain files, directories and logs that are on both hosts", Outcome.Moved)]
    [Shows(Kind.Files, "watched files (inotify) on a file system that tells their paths", Outcome.Moved)]
    [Shows(Kind.Files, "a terminal with both ends in the tree", Outcome.Moved)]
    [Shows(Kind.Sockets, "UDP, netlink and unpaired unix sockets", Outcome.Moved)]
    [Shows(Kind.Processes, "a descriptor (pidfd) of a process of the tree", Outcome.Moved)]
    [Shows(Kind.Processes, "a process group whose leader has ended", Outcome.Moved)]
    public async Task Move_EverythingThatMoves_RunsThere()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await Rig.ExecAsync(Rig.B, ["sh", "-c", DestinationNeedsTests.Prepare], Cancellation);
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, "harmless,file,thread,group", Cancellation);
        await using Agents agents = await StartReceiverAsync();

        JsonElement moved = await agents.MoveAsync(oddities.ProcessId, Cancellation);

        moved.GetProperty("givenUp").EnumerateArray().Should().BeEmpty();
        moved.GetProperty("warnings").EnumerateArray().Should().NotContain(static warning => warning.GetString()!.Contains("Given up", StringComparison.Ordinal));
        (await oddities.StateAsync(Rig.B, Cancellation)).Should().Be("S");
        (await oddities.StateAsync(Rig.A, Cancellation)).Should().BeOneOf("", "Z");
    }

    [Fact]
    [ShowsFinding(Kind.Sockets, nameof(FindingKind.OutsideSenders), Outcome.LeftBehindAndNamed, Because = "Told by the check and as a warning.")]
    public async Task Check_SocketThatOthersSendTo_IsOnlyTold()
    {
        Requires.Testbed();
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, "senders", Cancellation);

        JsonElement check = await Agents.CheckAsync(Rig, oddities.ProcessId, Cancellation);

        check.GetProperty("isRefused").GetBoolean().Should().BeFalse($"it said {check}");
        JsonElement told = check.GetProperty("findings").EnumerateArray().Should().ContainSingle().Which;
        (Text(told, "kind"), Text(told, "severity")).Should().Be(("outsideSenders", "information"));
        Text(told, "thing").Should().Contain("/tmp/oddities.senders");
        Text(told, "reason").Should().Contain("1 sockets of processes outside");
    }

    [Fact]
    [ShowsFinding(Kind.Containers, nameof(FindingKind.PartOfNamespace), Outcome.Refused)]
    public async Task Check_PartOfAPidNamespace_IsRefused()
    {
        Requires.Testbed();
        await using RigProcess container = Rig.Start(Rig.A, "unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "sleep 298 </dev/null >/dev/null 2>&1 & echo started; wait");
        await container.ReadLineAsync("started", Cancellation);
        int part = int.Parse((await Rig.ExecAsync(Rig.A, ["pgrep", "-f", "^sleep 298$"], Cancellation)).Successful(), System.Globalization.CultureInfo.InvariantCulture);

        JsonElement check = await Agents.CheckAsync(Rig, part, Cancellation);

        check.GetProperty("findings").EnumerateArray().Should().Contain(static found => Text(found, "kind") == "partOfNamespace" && Text(found, "severity") == "refused");
    }

    [Theory]
    [InlineData("prefork", 7971)]
    [InlineData("shapeshifter", 7972)]
    [InlineData("familytree", 7973)]
    public async Task Check_WorkloadsOfOtherTests_AreNotRefused(string program, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAloneAsync(Rig, program, port, Cancellation);

        JsonElement check = await Agents.CheckAsync(Rig, workload.ProcessId, Cancellation);

        check.GetProperty("isRefused").GetBoolean().Should().BeFalse($"it said {check}");
        check.GetProperty("findings").EnumerateArray().Should().BeEmpty();
    }

    /// <summary>The tests are in no PID namespace that the hosts can see.</summary>
    [Fact]
    public async Task Send_OtherEndOfAPipeCannotBeSeen_IsRefusedBeforeAnythingIsTouched()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();

        await using RigProcess sender = Rig.Start(
            Rig.A, [.. Agents.SendCommand($"{Rig.AddressOfB}:9499", workload.ProcessId).TakeWhile(static word => word != "--allow")]);

        (await FailedAsync(sender, workload, exitCode: 2)).Should().Contain($"Process {workload.ProcessId} (shapeshifter) has descriptor 0, pipe:[").And.Contain("cannot be seen from here").And.Contain("--allow outside-pipes");
    }

    [Fact]
    [ShowsFinding(Kind.Pipes, nameof(FindingKind.OutsidePipe), Outcome.GivenUpIfAllowed)]
    [ShowsFinding(Kind.Pipes, nameof(FindingKind.OutsideEvent), Outcome.GivenUpIfAllowed)]
    [ShowsFinding(Kind.Sockets, nameof(FindingKind.OutsideSocket), Outcome.GivenUpIfAllowed)]
    [ShowsFinding(Kind.Memory, nameof(FindingKind.OutsideMemory), Outcome.GivenUpIfAllowed)]
    [ShowsFinding(Kind.Sockets, nameof(FindingKind.LocalConnection), Outcome.GivenUpIfAllowed, Because = "They are reset on both hosts.")]
    public async Task Move_GivenUpAsAllowed_NamesEach()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await Rig.ExecAsync(Rig.B, ["sh", "-c", "rm -f /tmp/oddities.fifo; mkfifo -m 600 /tmp/oddities.fifo"], Cancellation);
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, Givable, Cancellation);
        await using Agents agents = await StartReceiverAsync();

        JsonElement moved = await agents.MoveAsync(oddities.ProcessId, Cancellation, "--allow", "outside-events,outside-sockets,outside-memory,local-connections");

        moved.GetProperty("givenUp").EnumerateArray().Select(static finding => Text(finding, "kind")).Should()
            .BeEquivalentTo("outsidePipe", "outsidePipe", "outsidePipe", "outsideEvent", "outsideSocket", "outsideMemory", "outsideMemory", "localConnection");
        moved.GetProperty("warnings").EnumerateArray().Should().Contain(static warning => warning.GetString()!.StartsWith("Given up, as the options allow: ", StringComparison.Ordinal));
        (await oddities.StateAsync(Rig.B, Cancellation)).Should().Be("S");

        // Neither the process nor the bystander holds a connection any more that has no other end.
        const string Connected = "for i in $(seq 50); do grep -q ' 0100007F:.* 0100007F:[0-9A-F]* 01 ' /proc/net/tcp || exec echo none; sleep 0.1; done; cat /proc/net/tcp";
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            (await Rig.ExecAsync(host, ["sh", "-c", Connected], Cancellation)).Successful().Should().Be("none", $"this is host {host}");
        }
    }

    [Fact]
    [Shows(Kind.Files, "anything that is refused and begins while memory is copied, a ring for example", Outcome.Refused, Because = "It is found right before the freeze.", Remedy = "The same as for that kind.")]
    public async Task Send_RingOpenedWhileMemoryIsCopied_IsFoundBeforeTheFreeze()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, "memory", Cancellation);
        await using Agents agents = await StartReceiverAsync();
        await using RigProcess sender = agents.StartSending(oddities.ProcessId, "--max-mbit", "150");
        await sender.ReadLineAsync("PreCopy", Cancellation);

        await oddities.SignalAsync("USR1", Cancellation);
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain("it was not frozen").And.Contain("anon_inode:[io_uring]").And.Contain(StillHere);
        (await oddities.StateAsync(Rig.A, Cancellation)).Should().Be("S");
    }

    private static string Text(JsonElement finding, string name) => finding.GetProperty(name).GetString()!;
}
