using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.CriuOptions;

/// <summary>What tests of CRIU's options have in common: native/belongings with one thing that is hard to move, and two agents.</summary>
public abstract class BelongingsTest(RigFixture fixture) : FailureTest(fixture)
{
    private static int _lastPort = 8100;

    private protected async Task<RunningWorkload> StartAsync(params string[] options)
    {
        await Aftermath.CleanAsync(Rig, Cancellation);
        return await RunningWorkload.StartAsync(Rig, "belongings", Interlocked.Increment(ref _lastPort), Cancellation, options);
    }

    /// <summary>Moves it and returns what it says then: with the right options everything it has works as before.</summary>
    private protected async Task<string> MovedAsync(RunningWorkload workload, string[] sendOptions, string[]? receiveOptions = null, int? processId = null)
    {
        await using Agents agents = await StartReceiverAsync(receiveOptions ?? []);
        await agents.MoveAsync(processId ?? workload.ProcessId, Cancellation, sendOptions);
        string answer = await workload.AskAsync("check", Cancellation);
        answer.Should().StartWith("ok ");
        return answer;
    }

    /// <summary>Tries to move it without the option, and returns the error: it stays here, with everything it has.</summary>
    private protected async Task<JsonElement> StayedAsync(RunningWorkload workload, string[] sendOptions, int exitCode = 1, string[]? receiveOptions = null, int? processId = null, Func<Task>? listening = null)
    {
        await using Agents agents = await StartReceiverAsync(receiveOptions ?? []);
        await (listening?.Invoke() ?? Task.CompletedTask);
        await using RigProcess sender = agents.StartSending(processId ?? workload.ProcessId, sendOptions);
        CommandResult result = await sender.WaitAsync(Cancellation);
        result.ExitCode.Should().Be(exitCode, $"it said {result.Output} {result.Error}");
        string line = result.Output.Split('\n').Last(line => line.Contains("\"event\":\"error\"", StringComparison.Ordinal));
        JsonElement error = JsonDocument.Parse(line).RootElement;
        MessageOf(error).Should().Contain(StillHere);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await InterruptAsync(agents.Receiver);
        (await agents.Receiver.WaitAsync(Cancellation)).Error.Should().NotContain("Serving lazy pages failed", "nothing of it is left that could wait for pages");
        return error;
    }

    private protected static string MessageOf(JsonElement error) => error.GetProperty("message").GetString()!;

    private protected async Task RunAsync(string host, string script) => (await Rig.ExecAsync(host, ["sh", "-c", script], Cancellation)).Successful();
}
