namespace U2CMigration.Criu.PageServer;

/// <summary>Gives the pages that a <c>criu lazy-pages</c> daemon asks for.</summary>
public interface IPageServerSource
{
    /// <summary>Reads pages of a process.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the first page.</param>
    /// <param name="destination">Room for at most the pages asked for.</param>
    /// <param name="cancellationToken">Cancelled when the session is.</param>
    /// <returns>The number of pages given, at least 1. Fewer than asked for are fine: the rest is asked for again. Answers go out in the order of the
    /// questions, so a slow one holds up those behind it.</returns>
    ValueTask<int> ReadAsync(int processId, ulong address, Memory<byte> destination, CancellationToken cancellationToken);
}
