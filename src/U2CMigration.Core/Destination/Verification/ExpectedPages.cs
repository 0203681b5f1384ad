using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>Takes the checksums that the source sends while the restore is under way.</summary>
internal sealed class ExpectedPages
{
    private readonly List<HeldSample> _samples = [];
    private readonly TaskCompletionSource<IReadOnlyList<HeldSample>> _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All of them, once they have come.</summary>
    public Task<IReadOnlyList<HeldSample>> Complete => _complete.Task;

    /// <summary>Takes a message if it is one of these.</summary>
    public bool TryTake(MigrationMessage message)
    {
        if (message is not HeldSample sample)
        {
            return false;
        }

        _samples.Add(sample);
        if (sample.IsLast)
        {
            _complete.TrySetResult(_samples);
        }

        return true;
    }
}
