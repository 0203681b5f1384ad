namespace U2CMigration.Transport.Pages;

/// <summary>Takes the pages that a connection receives, without a copy in between.</summary>
/// <remarks>Called by the receive loop only, one page at a time. What it throws ends the receiving and reaches the caller of it unchanged.</remarks>
public interface IPageSink
{
    /// <summary>Gives the place for a page about to be written. Until <see cref="Complete"/> the page counts as not held.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    /// <returns>Exactly one page.</returns>
    Span<byte> Prepare(int processId, ulong address);

    /// <summary>Says that the page asked for last was written and that its checksum was right.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    /// <param name="checksum">Its checksum, see <see cref="PageChecksum"/>.</param>
    void Complete(int processId, ulong address, ulong checksum);

    /// <summary>Says that a page is full of zero bytes.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    void StoreZero(int processId, ulong address);

    /// <summary>Gives a page as it is held now, as the base of a difference or to be repeated elsewhere.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    /// <returns>Exactly one page, unchanged until the next call of <see cref="Complete"/>; empty if the page is not held.</returns>
    ReadOnlySpan<byte> Held(int processId, ulong address);

    /// <summary>Says that a page came again with the content that is held.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    /// <param name="checksum">The checksum of that content.</param>
    /// <returns>Whether the page is held with that checksum.</returns>
    bool Keep(int processId, ulong address, ulong checksum);
}
