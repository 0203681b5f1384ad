using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Answers what the destination says and asks while it restores, until it holds the restored workload.</summary>
/// <param name="dialogue">What the destination says.</param>
/// <param name="questions">Knows the answers.</param>
internal sealed class RestoreAnswers(SourceDialogue dialogue, IRestoreQuestions questions)
{
    private bool _hasLocks;
    private bool _hasOutcome;

    /// <summary>Acknowledgements that may still come: of the last round before the freeze, and of the round in it.</summary>
    private int _acksDue = 2;

    /// <summary>File locks that the destination gets only once the frozen tree is gone, for people.</summary>
    public IReadOnlyList<string> PendingLocks { get; private set; } = [];

    /// <summary>Answers what the destination still lacks. The images are the last word on which pages exist.</summary>
    /// <returns>What the destination says when it holds the workload.</returns>
    public async Task<Restored> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await dialogue.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                case Restored restored:
                    return restored;
                case MissingPages request:
                    _acksDue += await questions.AnswerAsync(request, cancellationToken).ConfigureAwait(false) ? 1 : 0;
                    break;
                case LocksPending pending when !_hasLocks:
                    _hasLocks = true;
                    questions.Take(pending);
                    PendingLocks = pending.Locks;
                    break;
                case CarriedOutcome outcome when !_hasOutcome:
                    _hasOutcome = true;
                    questions.Take(outcome);
                    break;
                case RoundAck when _acksDue-- > 0:
                    break;
                case { } other:
                    // Each of these once, or a destination could keep the workload frozen by repeating itself.
                    throw SourceDialogue.Unexpected(nameof(Restored), other);
            }
        }
    }
}
