using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>What tests of failures have in common: the rig, a workload in it, and the sentences that say what became of it.</summary>
public abstract class FailureTest(RigFixture fixture) : IDisposable
{
    private protected const string StillHere = "runs on the source as before";

    /// <summary>What hangs shows where, instead of holding up the rest.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static int _lastPort = 7950;

    private readonly CancellationTokenSource _limit = Limited();

    private protected CancellationToken Cancellation => _limit.Token;

    private protected Rig Rig => fixture.Rig;

    public void Dispose()
    {
        _limit.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<RunningWorkload> StartWorkloadAsync(params string[] options)
    {
        // What an earlier test found left over is its failure, not the next one's.
        await Aftermath.CleanAsync(Rig, Cancellation);
        return await RunningWorkload.StartAsync(Rig, "shapeshifter", Interlocked.Increment(ref _lastPort), Cancellation, options);
    }

    private protected Task<Agents> StartReceiverAsync(params string[] options) => Agents.StartAsync(Rig, Cancellation, options);

    /// <summary>Waits for a sender that fails before the commit, and makes sure that all is as it was.</summary>
    private protected async Task<string> FailedAsync(RigProcess sender, RunningWorkload workload, int exitCode = 1)
    {
        CommandResult result = await sender.WaitAsync(Cancellation);
        result.ExitCode.Should().Be(exitCode, $"it said {result.Output} {result.Error}");
        string message = ErrorOf(result);
        message.Should().Contain(StillHere);
        await Aftermath.StayedAsync(Rig, workload, Cancellation);
        return message;
    }

    /// <summary>The message of the error that a sender reports.</summary>
    private protected static string ErrorOf(CommandResult result)
    {
        string line = result.Output.Split('\n').Last(line => line.Contains("\"event\":\"error\"", StringComparison.Ordinal));
        return JsonDocument.Parse(line).RootElement.GetProperty("message").GetString()!;
    }

    /// <summary>Ctrl-C.</summary>
    private protected async Task InterruptAsync(RigProcess process)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]);
        await kill.WaitForExitAsync(Cancellation);
    }

    private static CancellationTokenSource Limited()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        return limit;
    }
}
