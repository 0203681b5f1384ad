using System.Diagnostics;

namespace U2CMigration.Core.Source;

/// <summary>A round while it is sent.</summary>
/// <param name="index">Its number.</param>
/// <param name="owedPages">The pages owed when it began.</param>
/// <param name="dirtyPages">The pages found written when it began.</param>
/// <param name="start">When it began, counted from the beginning of the migration.</param>
/// <param name="sentBefore">The pages that had been sent before it.</param>
/// <param name="bytesBefore">The bytes that had been sent before it.</param>
internal sealed class SentRound(int index, long owedPages, long dirtyPages, TimeSpan start, long sentBefore, long bytesBefore)
{
    private volatile bool _enough;

    public int Index => index;

    public long OwedPages => owedPages;

    public long DirtyPages => dirtyPages;

    public TimeSpan Start => start;

    public long SentBefore => sentBefore;

    public long BytesBefore => bytesBefore;

    public long StartTimestamp { get; } = Stopwatch.GetTimestamp();

    /// <summary>The sending.</summary>
    public Task Sending { get; set; } = Task.CompletedTask;

    /// <summary>Whether the sending is to end at the next batch.</summary>
    public bool Enough
    {
        get => _enough;
        set => _enough = value;
    }

    /// <summary>Whether the destination was told that it is over.</summary>
    public bool HasEnded { get; set; }

    public TimeSpan Duration { get; set; }

    public long SentPages { get; set; }

    public long WireBytes { get; set; }
}
