using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Inventory;

/// <summary>The destination looks for everything that a restore will ask of it, and refuses with all that is missing or taken.</summary>
[Collection<SharedRig>]
public sealed class DestinationNeedsTests(RigFixture fixture) : FailureTest(fixture)
{
    /// <summary>Makes in a host the files that native/oddities has.</summary>
    internal const string Prepare = "rm -rf /tmp/oddities.*; mkdir -m 755 /tmp/oddities.directory; printf 'content\\n' > /tmp/oddities.file; : > /tmp/oddities.log; chmod 600 /tmp/oddities.file /tmp/oddities.log";

    [Fact]
    [Shows(Kind.Destination, "a process group, session or port that is in use there", Outcome.Refused, Remedy = "End what has it, or receive into a PID or network namespace of its own.")]
    [Shows(Kind.Destination, "a file or directory that is missing there, of another type or shorter", Outcome.Refused, Remedy = "Copy it there, put it on shared storage, or let the workload close it.")]
    public async Task Check_DestinationLacksWhatIsNeeded_NamesAllOfIt()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, "thread,group,port,file", Cancellation);
        await using Agents agents = await StartReceiverAsync();
        string to = $"{Rig.AddressOfB}:{Agents.Port}";
        await Rig.ExecAsync(Rig.B, ["sh", "-c", Prepare], Cancellation);

        JsonElement fits = await Agents.CheckAsync(Rig, oddities.ProcessId, Cancellation, "--to", to);

        fits.GetProperty("isRefused").GetBoolean().Should().BeFalse($"it said {fits}");
        fits.GetProperty("isDestinationAsked").GetBoolean().Should().BeTrue();

        // A shorter file, a directory that is none, a file that is not there, and whoever has the numbers and the port.
        int thread = oddities.Number("thread");
        int group = oddities.Number("group");
        string spoil = "rm -rf /tmp/oddities.*; printf 'con' > /tmp/oddities.file; chmod 600 /tmp/oddities.file; : > /tmp/oddities.directory;"
            + $" exec 3>&1 </dev/null >/dev/null 2>&1; nc -l 127.0.0.1 8766 3>&- & echo {thread - 1} > /proc/sys/kernel/ns_last_pid; sleep 60 3>&- & echo {group - 1} > /proc/sys/kernel/ns_last_pid;"
            + " setsid sh -c 'sleep 60 & exit' 3>&- & sleep 0.2; echo taken >&3";
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", spoil], Cancellation)).Successful().Should().Be("taken");

        JsonElement lacks = await Agents.CheckAsync(Rig, oddities.ProcessId, Cancellation, "--to", to);

        string said = lacks.GetProperty("problems").EnumerateArray().Should().ContainSingle().Which.GetString()!;
        said.Should().Contain($"Thread number {thread} of the workload is in use on this host")
            .And.Contain($"Process group or session {group} of the workload is in use on this host (the ", "its leader has ended, its members have not")
            .And.Contain("Port 8766 (TCP, 127.0.0.1), which the workload has, is in use on this host")
            .And.Contain("The file /tmp/oddities.file has 3 bytes on this host and 8 on the source")
            .And.Contain("/tmp/oddities.directory is a file on this host and a directory on the source")
            .And.Contain("The file /tmp/oddities.log is not on this host");
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", "kill $(pgrep -f '^(sleep 60|nc -l 127.0.0.1 8766)$'); ls /run/u2cmigration 2>/dev/null | grep -c -- -in"], Cancellation))
            .Output.Trim().Should().Be("0", "nothing was created for a check");
    }

    /// <summary>A program that found an instruction when it began uses it after the move as well.</summary>
    [Fact]
    [Shows(Kind.Destination, "processors that lack instructions which those of the source have", Outcome.GivenUpIfAllowed, Because = "By the flags of /proc/cpuinfo that programs can use; one that uses a missing instruction ends with SIGILL.", Remedy = "Move it to a host whose processors have them.", Option = "AllowMissingProcessorFeatures (agent: --allow-missing-cpu-features)")]
    public async Task Send_ProcessorsThereLackInstructions_MovesOnlyWhereThatIsAllowed()
    {
        Requires.Testbed();
        const string Hide = "sed -E 's/ (popcnt|avx2|sse4_2)\\b//g' /proc/cpuinfo > /tmp/cpuinfo && mount --bind /tmp/cpuinfo /proc/cpuinfo";
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, "memory", Cancellation);
        await using Agents agents = await StartReceiverAsync();
        string to = $"{Rig.AddressOfB}:{Agents.Port}";
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", Hide], Cancellation)).Successful();
        try
        {
            JsonElement check = await Agents.CheckAsync(Rig, oddities.ProcessId, Cancellation, "--to", to);
            await using RigProcess refused = agents.StartSending(oddities.ProcessId);
            CommandResult result = await refused.WaitAsync(Cancellation);

            check.GetProperty("problems").EnumerateArray().Should().ContainSingle().Which.GetString().Should().Contain("lack ").And.Contain("popcnt").And.Contain("sse4_2").And.Contain("--allow-missing-cpu-features");
            result.ExitCode.Should().Be(1);
            result.Output.Should().NotContain("\"Attaching\"").And.Contain("\"isTransient\":false");
            ErrorOf(result).Should().Contain("The destination refused").And.Contain("popcnt").And.Contain(StillHere);

            JsonElement allowed = await Agents.CheckAsync(Rig, oddities.ProcessId, Cancellation, "--to", to, "--allow-missing-cpu-features");
            JsonElement moved = await agents.MoveAsync(oddities.ProcessId, Cancellation, "--allow-missing-cpu-features");

            foreach (JsonElement said in (JsonElement[])[allowed, moved])
            {
                said.GetProperty("warnings").EnumerateArray().Should().ContainSingle(static warning => warning.GetString()!.Contains("popcnt", StringComparison.Ordinal) && warning.GetString()!.Contains("This was allowed", StringComparison.Ordinal));
            }

            (await oddities.StateAsync(Rig.B, Cancellation)).Should().Be("S");
        }
        finally
        {
            await Rig.ExecAsync(Rig.B, ["umount", "/proc/cpuinfo"], Cancellation);
        }
    }

    /// <summary>Of threads and processes the numbers come from one supply.</summary>
    [Fact]
    [Shows(Kind.Destination, "the number of a thread that is in use there", Outcome.Refused, Remedy = "Receive into a PID namespace of its own, or end that process.")]
    public async Task Send_ThreadNumberTakenThere_IsRefusedBeforeAnythingIsTouched()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RunningOddities oddities = await RunningOddities.StartAsync(Rig, "thread", Cancellation);
        await using Agents agents = await StartReceiverAsync();
        int thread = oddities.Number("thread");
        await using RigProcess occupant = Rig.Start(Rig.B, "sh", "-c", $"echo {thread - 1} > /proc/sys/kernel/ns_last_pid; sleep 60 & echo taken; wait");
        await occupant.ReadLineAsync("taken", Cancellation);

        await using RigProcess sender = agents.StartSending(oddities.ProcessId);
        CommandResult result = await sender.WaitAsync(Cancellation);
        await Rig.ExecAsync(Rig.B, ["kill", $"{thread}"], Cancellation);

        result.ExitCode.Should().Be(1);
        ErrorOf(result).Should().Contain("The destination refused").And.Contain($"Thread number {thread} of the workload is in use").And.Contain("sleep").And.Contain(StillHere);
        JsonDocument.Parse(result.Output.Split('\n').Last(static line => line.Contains("\"error\"", StringComparison.Ordinal))).RootElement.GetProperty("phase").GetString().Should().Be("Connecting");
        (await oddities.StateAsync(Rig.A, Cancellation)).Should().Be("S");
    }
}
