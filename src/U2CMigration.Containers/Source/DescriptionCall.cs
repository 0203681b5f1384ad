using System.Diagnostics;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Stub;

namespace U2CMigration.Containers.Source;

/// <summary>Has a runtime describe a container: told to make a checkpoint that leaves it running, it asks CRIU for that, and the stub answers that it is done. Nothing is touched.</summary>
internal static class DescriptionCall
{
    /// <summary>A description takes some tens of milliseconds, of podman some hundred.</summary>
    private static readonly TimeSpan DescribeLimit = TimeSpan.FromSeconds(30);

    /// <summary>On a busy machine; a runtime that has not asked for anything ends this wait only.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>Calls it.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="name">The container.</param>
    /// <param name="arguments">What makes it ask.</param>
    /// <param name="directory">A directory for root alone.</param>
    /// <param name="log">Where it says what goes wrong; it is given its standard error as well.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it has asked for; null, and a sentence, where it has not.</returns>
    public static async Task<(RuntimeRequest? Request, string Problem)> RunAsync(
        ContainerRuntime runtime, string name, IReadOnlyList<string> arguments, string directory, string log, CancellationToken cancellationToken)
    {
        string errors = Path.Combine(directory, "errors");
        using var stub = CriuStub.Create(Path.Combine(directory, "stub"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DescribeLimit);
        Task<RuntimeRequest> asking = RuntimeRestore.DescribeAsync(stub, limit.Token);
        using Process process = RuntimeCommand.Start(runtime, arguments, stub.SearchPath, errors);
        Task ended = process.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(asking, ended).ConfigureAwait(false) == asking && !asking.IsCompletedSuccessfully)
        {
            // What waits in the stub ends with it, and the runtime after that.
            stub.Dispose();
            await ended.ConfigureAwait(false);
            await asking.ConfigureAwait(false);
        }

        await ended.ConfigureAwait(false);

        // It may have ended with its answer before this program has noticed that it gave one.
        await Task.WhenAny(asking, Task.Delay(AnswerLimit, cancellationToken)).ConfigureAwait(false);
        if (process.ExitCode == 0 && asking.IsCompletedSuccessfully)
        {
            return (await asking.ConfigureAwait(false), string.Empty);
        }

        await limit.CancelAsync().ConfigureAwait(false);
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string said = string.Join(' ', ((string[])[log, errors]).Distinct().Where(File.Exists).Select(static file => File.ReadAllText(file).Trim())).Trim();
        return (null, $"{runtime} cannot make a checkpoint of the container {name}: it ended with {process.ExitCode} and says '{said}'. The container runs as before.");
    }
}
