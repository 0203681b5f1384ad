using System.Globalization;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Pace;

/// <summary>Hundreds of moves there and back through the same two receivers, eight at once: connections and data stay, and what the agents have does not grow.</summary>
[Collection<SharedRig>]
public sealed class EverySlopeTests(RigFixture fixture)
{
    private const int AtOnce = 8;
    private const int Turns = 26;
    private const int FirstTurns = 8;

    private static readonly string[] Hosts = [Rig.A, Rig.B];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Move_TwoHundredTimesThereAndBack_NothingGrows()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(fixture.Rig, Cancellation);
        await RunningWorkload.PrepareHostsAsync(fixture.Rig, Cancellation);
        int[] numbers = [.. Enumerable.Range(130, AtOnce)];
        string[] settings = ["--count", "0", "--max-concurrent", $"{AtOnce}", .. numbers.SelectMany(static number => (string[])["--address", AddressOf(number)])];
        await using Agents onB = await Agents.StartAsync(fixture.Rig, Cancellation, settings);
        await using RigProcess onA = fixture.Rig.Start(
            Rig.A, [.. ProgramInHosts.Agent, "receive", "--listen", $"0.0.0.0:{Agents.Port}", "--allow-unauthenticated", "--json-lines", .. settings]);
        await onA.ReadLineAsync("\"ready\"", Cancellation);
        Slope[] slopes = [new("receiver on a"), new("receiver on b")];
        int[] receivers = [await ReceiverAsync(Rig.A), await ReceiverAsync(Rig.B)];
        var workloads = new List<(string ProcessId, RigProcess Client)>();
        try
        {
            foreach (int number in numbers)
            {
                string processId = await StartAsync(number);
                workloads.Add((processId, fixture.Rig.Start(Rig.Client, "nc", $"10.77.0.{number}", "7000")));
            }

            for (int turn = 0; turn < Turns; turn++)
            {
                (string from, string to) = turn % 2 == 0 ? (Rig.A, Rig.AddressOfB) : (Rig.B, Rig.AddressOfA);
                await Task.WhenAll(workloads.Select((one, i) => MoveAsync(from, to, numbers[i], one.ProcessId)));
                foreach ((_, RigProcess client) in workloads)
                {
                    (await AskAsync(client)).Should().StartWith("ok ");
                }

                for (int host = 0; host < Hosts.Length; host++)
                {
                    slopes[host].Add(await SayAsync(Hosts[host], Slope.CommandFor(receivers[host])));
                }
            }
        }
        finally
        {
            await fixture.Rig.EndAllAsync("shapeshifter");
            foreach ((_, RigProcess client) in workloads)
            {
                await client.DisposeAsync();
            }

            string forget = string.Join("; ", numbers.Select(static number => $"ip address del {AddressOf(number).Split('@')[0]} dev eth0"));
            await SayAsync(Rig.A, forget);
            await SayAsync(Rig.B, forget);
        }

        foreach (Slope slope in slopes)
        {
            TestContext.Current.SendDiagnosticMessage(slope.Text(FirstTurns));
            (double memory, double descriptors, double threads) = slope.PerTurn(FirstTurns);

            slope.IsOfAnAgent.Should().BeTrue("another process was looked at");

            // A turn is four moves in and four out for each receiver: whatever a move keeps shows as a whole number.
            descriptors.Should().BeInRange(-0.5, 0.5, slope.Text(FirstTurns));
            threads.Should().BeInRange(-1, 0.5, slope.Text(FirstTurns));
            memory.Should().BeLessThan(1, slope.Text(FirstTurns));
        }
    }

    private static string AddressOf(int number) => $"10.77.0.{number}/24@eth0";

    private async Task<int> ReceiverAsync(string host) =>
        int.Parse(await SayAsync(host, "pgrep -nf '[M]igrationAgent(.dll)? receive'"), CultureInfo.InvariantCulture);

    private async Task<string> StartAsync(int number)
    {
        string program = NativeProgram.Build("shapeshifter");
        return await SayAsync(Rig.A, $"ip address add {AddressOf(number).Split('@')[0]} dev eth0; {program} --listen 10.77.0.{number}:7000 </dev/null >/dev/null 2>&1 & echo $!; until ss -ltn | grep -q '10.77.0.{number}:7000'; do sleep 0.05; done");
    }

    private async Task MoveAsync(string from, string to, int number, string processId)
    {
        CommandResult result = await fixture.Rig.ExecAsync(
            from,
            [.. ProgramInHosts.Agent, "send", "--pid", processId, "--to", $"{to}:{Agents.Port}", "--address", AddressOf(number), "--json-lines", "--allow-unauthenticated"],
            Cancellation);
        result.ExitCode.Should().Be(0, $"it said {result.Output} {result.Error}");
    }

    private static async Task<string> AskAsync(RigProcess client)
    {
        await client.Input.WriteLineAsync("check".AsMemory(), Cancellation);
        await client.Input.FlushAsync(Cancellation);
        return await client.ReadLineAsync("", Cancellation);
    }

    private async Task<string> SayAsync(string host, string command) => (await fixture.Rig.ExecAsync(host, ["sh", "-c", command], Cancellation)).Output.Trim();
}
