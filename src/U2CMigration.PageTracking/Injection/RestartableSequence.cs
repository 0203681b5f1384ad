using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.Injection;

/// <summary>
/// Tells whether a thread was stopped inside a restartable sequence (rseq(2)). Leading it elsewhere there would make the kernel forget the sequence, and
/// the thread would go on in the middle of it without the protection it counts on.
/// </summary>
internal static class RestartableSequence
{
    private const ulong CriticalSectionOffset = 8;

    internal static bool IsInside(int processId, ulong rseqAddress, ulong instructionPointer)
    {
        if (rseqAddress == 0)
        {
            return false;
        }

        // struct rseq: the pointer to struct rseq_cs; struct rseq_cs: version and flags, start, length, abort address.
        Span<ulong> words = stackalloc ulong[3];
        if (!RemoteWords.TryRead(processId, rseqAddress + CriticalSectionOffset, words[..1]) || words[0] == 0)
        {
            return false;
        }

        return RemoteWords.TryRead(processId, words[0], words) && instructionPointer - words[1] < words[2];
    }
}
