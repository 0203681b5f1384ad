using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>Answers a destination with nothing, once it was asked for what is its due.</summary>
internal sealed class MemoryQuestions(NamedPages named) : IRestoreQuestions
{
    private const ulong PageBytes = 4096;

    public Task<bool> AnswerAsync(MissingPages request, CancellationToken cancellationToken)
    {
        if (named.Take(request) is not { } pages)
        {
            return Task.FromResult(false);
        }

        foreach (ProcessPages process in pages.Processes)
        {
            foreach (PageRange range in process.Ranges)
            {
                if (process.ProcessId != HonestDestination.ProcessId || range.Start < HonestDestination.Address || range.End > HonestDestination.Address + (HonestDestination.Pages * PageBytes))
                {
                    throw new WrongException($"Memory is given away that is not of the workload: 0x{range.Start:x} of process {process.ProcessId}.");
                }
            }
        }

        return Task.FromResult(true);
    }

    public void Take(LocksPending pending)
    {
    }

    public void Take(CarriedOutcome outcome)
    {
    }
}
