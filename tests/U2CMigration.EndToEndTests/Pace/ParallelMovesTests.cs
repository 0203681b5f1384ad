using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Pace;

/// <summary>Many workloads move at once to one receiver, each with an address of its own.</summary>
[Collection<SharedRig>]
public sealed class ParallelMovesTests(RigFixture fixture)
{
    private const int Singles = 3;
    private const int AtOnce = 8;

    /// <summary>Eight share what one had; the rest is for the order in which they get it.</summary>
    private const double Fair = AtOnce * 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Move_EightAtOnce_NoSourceHearsMuchLaterOfTheResumeThanItsShareExplains()
    {
        Requires.Testbed();
        await RunningWorkload.PrepareHostsAsync(fixture.Rig, Cancellation);
        int[] numbers = [.. Enumerable.Range(110, Singles + AtOnce)];
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, ["--count", "0", "--max-concurrent", "8", .. numbers.SelectMany(static number => (string[])["--address", AddressOf(number)])]);
        var workloads = new List<string>();
        try
        {
            foreach (int number in numbers)
            {
                workloads.Add(await StartAsync(number));
            }

            var singles = new List<double>();
            for (int i = 0; i < Singles; i++)
            {
                singles.Add(await MoveAsync(numbers[i], workloads[i]));
            }

            double[] together = await Task.WhenAll(Enumerable.Range(Singles, AtOnce).Select(i => MoveAsync(numbers[i], workloads[i])));
            double median = singles.Order().ElementAt(Singles / 2);
            TestContext.Current.SendDiagnosticMessage($"Alone {string.Join(", ", singles.Select(static ms => $"{ms:0}"))} ms, together {string.Join(", ", together.Order().Select(static ms => $"{ms:0}"))} ms from the commit to the word that it runs.");

            together.Max().Should().BeLessThan(Fair * median);
            (await SayAsync(Rig.B, "ip -4 -o address show dev eth0 | grep -c '10.77.0.1[12]'; cat /proc/sys/net/ipv4/conf/eth0/arp_ignore")).Should().Be($"{numbers.Length}\n0");
        }
        finally
        {
            await fixture.Rig.EndAllAsync("shapeshifter");
            string forget = string.Join("; ", numbers.Select(static number => $"ip address del {AddressOf(number).Split('@')[0]} dev eth0"));
            await SayAsync(Rig.A, forget);
            await SayAsync(Rig.B, forget);
        }
    }

    private static string AddressOf(int number) => $"10.77.0.{number}/24@eth0";

    private async Task<string> StartAsync(int number)
    {
        string program = NativeProgram.Build("shapeshifter");
        return await SayAsync(Rig.A, $"ip address add {AddressOf(number).Split('@')[0]} dev eth0; {program} --listen 10.77.0.{number}:7000 </dev/null >/dev/null 2>&1 & echo $!");
    }

    /// <summary>Moves one, and returns the milliseconds from the commit to the destination's word that it runs.</summary>
    private async Task<double> MoveAsync(int number, string processId)
    {
        CommandResult result = await fixture.Rig.ExecAsync(
            Rig.A,
            [.. ProgramInHosts.Agent, "send", "--pid", processId, "--to", $"{Rig.AddressOfB}:{Agents.Port}", "--address", AddressOf(number), "--json-lines", "--allow-unauthenticated", "--allow", "outside-pipes"],
            Cancellation);
        result.ExitCode.Should().Be(0, $"it said {result.Output} {result.Error}");
        return EnteredAt(result.Output, "Releasing") - EnteredAt(result.Output, "Committing");
    }

    private static double EnteredAt(string output, string phase) =>
        JsonDocument.Parse(output.Split('\n').First(line => line.Contains($"\"phase\":\"{phase}\"", StringComparison.Ordinal))).RootElement.GetProperty("elapsedMs").GetDouble();

    private async Task<string> SayAsync(string host, string command) => (await fixture.Rig.ExecAsync(host, ["sh", "-c", command], Cancellation)).Output.Trim();
}
