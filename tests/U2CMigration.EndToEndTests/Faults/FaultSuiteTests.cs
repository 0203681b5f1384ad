using System.Globalization;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Faults;

/// <summary>
/// Something goes wrong at a moment, what was killed is started again, and one copy runs in the end, with its memory right and nothing left. Seeds are in the name: <c>eng/faults.sh --runs N --seed N</c>
/// takes others.
/// </summary>
[Collection<SharedRig>]
public sealed class FaultSuiteTests(RigFixture fixture) : FailureTest(fixture)
{
    /// <summary>Of the cells, unless others are asked for, one in seven is left out: another moment for each kind.</summary>
    private const int LeftOut = 7;

    private static readonly string Outcomes = RepositoryRoot.File("artifacts", "faults", "outcomes.tsv");

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static TheoryData<int> Seeds()
    {
        int runs = Number("U2C_FAULT_RUNS", 0);
        return runs > 0 ? [.. Enumerable.Range(Number("U2C_FAULT_SEED", 0), runs)] : [.. Enumerable.Range(0, FaultPlan.Cells).Where(static seed => (seed + (seed / LeftOut)) % LeftOut != 0)];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Move_SomethingGoesWrong_OneCopyRunsAndNothingIsLeft(int seed)
    {
        Requires.Testbed();
        var plan = FaultPlan.Of(seed);
        await using RunningWorkload workload = await StartWorkloadAsync();
        if (plan.HasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        await using Agents first = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, plan.At, Cancellation);
        await using RigProcess sender = first.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);
        await Task.Delay(plan.DelayMs, Cancellation);
        if (plan is { At: MessageType.Resumed, Fault: Fault.ReceiverKilled or Fault.BothKilled })
        {
            // Until all pages are in place they are served by the receiver.
            await Task.Delay(Pause, Cancellation);
        }

        await HappenAsync(plan.Fault, link, first, sender);
        await SettleAsync(first, sender);
        string said = $"{plan}\n{await SaidAsync(sender)}";

        bool isOnA = await IsThereAsync(Rig.A, workload.ProcessId);
        bool isOnB = await IsThereAsync(Rig.B, workload.ProcessId);
        (isOnA ^ isOnB).Should().BeTrue($"there is one copy: on the source {isOnA}, on the destination {isOnB}\n{said}");
        try
        {
            await (isOnA ? Aftermath.StayedAsync(Rig, workload, Cancellation) : Aftermath.MovedAsync(Rig, workload, Cancellation));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(said, e);
        }

        await NoteAsync(plan, isOnA, await sender.WaitAsync(Cancellation));
    }

    /// <summary>For the table of docs/failures.md.</summary>
    private static Task NoteAsync(FaultPlan plan, bool isOnSource, CommandResult sender)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Outcomes)!);
        return File.AppendAllTextAsync(Outcomes, $"{plan.Fault}\t{plan.At}\t{(isOnSource ? "source" : "destination")}\t{sender.ExitCode}\n", TestContext.Current.CancellationToken);
    }

    private static int Number(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int number) ? number : usual;

    private async Task HappenAsync(Fault fault, Link link, Agents agents, RigProcess sender)
    {
        switch (fault)
        {
            case Fault.SenderKilled:
                await KillAsync(Rig.A, "KILL", "[M]igrationAgent(.dll)? send");
                break;
            case Fault.ReceiverKilled:
                await KillAsync(Rig.B, "KILL", "[M]igrationAgent(.dll)? receive");
                break;
            case Fault.BothKilled:
                await Task.WhenAll(KillAsync(Rig.A, "KILL", "[M]igrationAgent(.dll)? send"), KillAsync(Rig.B, "KILL", "[M]igrationAgent(.dll)? receive"));
                break;
            case Fault.SenderTerminated:
                await InterruptAsync(sender);
                break;
            case Fault.ReceiverTerminated:
                await InterruptAsync(agents.Receiver);
                break;
            case Fault.CriuOfSenderKilled:
                await KillAsync(Rig.A, "KILL", "[c]riu swrk");
                break;
            case Fault.CriuOfReceiverKilled:
                await KillAsync(Rig.B, "KILL", "[c]riu swrk");
                break;
            case Fault.SenderStopped:
                await StopAsync(Rig.A, "[M]igrationAgent(.dll)? send");
                break;
            case Fault.ReceiverStopped:
                await StopAsync(Rig.B, "[M]igrationAgent(.dll)? receive");
                break;
        }

        if (fault is Fault.ReceiverKilled or Fault.BothKilled)
        {
            await agents.Receiver.WaitAsync(Cancellation);
        }

        await (fault == Fault.LinkCut ? link.CutAsync(Cancellation) : link.PassAsync(Cancellation));
    }

    /// <summary>What was ended is started again, as a service manager and an operator do.</summary>
    private async Task SettleAsync(Agents first, RigProcess sender)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        Agents? second = first.Receiver.HasExited ? await StartReceiverAsync("--count", "0") : null;
        try
        {
            await sender.WaitAsync(Cancellation);

            // It may also have taken its time.
            second ??= first.Receiver.HasExited ? await StartReceiverAsync("--count", "0") : null;
            CommandResult resolved = await Rig.ExecAsync(Rig.A, [.. ProgramInHosts.Agent, "resolve", "--allow-unauthenticated"], Cancellation);
            resolved.ExitCode.Should().Be(0, $"it said {resolved.Output} {resolved.Error}");
        }
        finally
        {
            if (second is not null)
            {
                await second.DisposeAsync();
            }
        }
    }

    private static async Task<string> SaidAsync(RigProcess sender)
    {
        CommandResult result = await sender.WaitAsync();
        return $"The sender ended with {result.ExitCode}: {result.Output[Math.Max(0, result.Output.Length - 2000)..]} {result.Error}";
    }

    private async Task StopAsync(string host, string pattern)
    {
        await KillAsync(host, "STOP", pattern);
        await Task.Delay(Pause, Cancellation);
        await KillAsync(host, "CONT", pattern);
    }

    /// <summary>What is not there any more need not be ended.</summary>
    private async Task KillAsync(string host, string signal, string pattern) => await Rig.ExecAsync(host, ["pkill", $"-{signal}", "-f", pattern], Cancellation);

    private async Task<bool> IsThereAsync(string host, int processId) =>
        (await Rig.ExecAsync(host, ["sh", "-c", $"grep -qx shapeshifter /proc/{processId}/comm && ! grep -q '^State:.[ZX]' /proc/{processId}/status"], Cancellation)).ExitCode == 0;
}
