using System.IO.Pipelines;

namespace U2CMigration.Files.Tests.Infrastructure;

/// <summary>A source and a destination with a pipe between them.</summary>
internal sealed class Transfer : IDisposable
{
    public Transfer(FileTreeSourceOptions source, FileTreeDestinationOptions destination)
    {
        Source = FileTreeSource.Open(source);
        Destination = FileTreeDestination.Open(destination);
    }

    public FileTreeSource Source { get; }

    public FileTreeDestination Destination { get; }

    /// <summary>A directory to another.</summary>
    public static Transfer Of(Folders folders, bool? trustsTimes = null, bool allowDevices = true, ExistingEntries existing = ExistingEntries.Refuse, params string[] exclude) => new(
        new FileTreeSourceOptions
        {
            Roots = [new FileTreeRoot { Name = "/data", Path = folders.Source, TrustsTimes = trustsTimes, Exclude = exclude }],
            Processes = static () => [Environment.ProcessId],
        },
        new FileTreeDestinationOptions { Targets = [new FileTreeTarget { Name = "/data", Path = folders.Destination, Existing = existing }], AllowDevices = allowDevices, Flush = false });

    public async Task<FileTreeRound> RoundAsync(bool isFrozen = false)
    {
        var pipe = new Pipe();
        Task<FileTreeReceived> receiving = Destination.ReceiveRoundAsync(pipe.Reader, CancellationToken.None);
        Task<FileTreeRound> sending = Source.SendRoundAsync(pipe.Writer, isFrozen, null, CancellationToken.None);
        if (await Task.WhenAny(sending, receiving) is { IsFaulted: true } failed)
        {
            // So that the other does not wait forever.
            await pipe.Writer.CompleteAsync();
            await pipe.Reader.CompleteAsync();
            await failed;
        }

        await receiving;
        return await sending;
    }

    public async Task<FileTreeVerification> VerifyAsync()
    {
        var questions = new Pipe();
        var answers = new Pipe();
        Task answering = Destination.AnswerAsync(questions.Reader, answers.Writer, CancellationToken.None);
        FileTreeVerification result = await Source.VerifyAsync(questions.Writer, answers.Reader, CancellationToken.None);
        await answering;
        return result;
    }

    public void Dispose()
    {
        Source.Dispose();
        Destination.Dispose();
    }

    /// <summary>Rounds until nothing is so young that its times are not trusted.</summary>
    internal async Task SettleAsync()
    {
        for (FileTreeRound round = await RoundAsync(); round.PendingEntries > 0; round = await RoundAsync())
        {
            await Task.Delay(10);
        }
    }
}
