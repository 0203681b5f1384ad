namespace U2CMigration.Files;

/// <summary>Reading a tree at the source or writing it at the destination failed. The source's files are never changed.</summary>
/// <remarks>
/// The two ends do not know any more what each other has: make a new <see cref="FileTreeSource"/> and a new <see cref="FileTreeDestination"/> to try again, the latter with
/// <see cref="ExistingEntries.Replace"/> or after <see cref="FileTreeDestination.DiscardAsync"/>.
/// </remarks>
public sealed class FileTreeException : Exception
{
    internal FileTreeException(string message, int errorNumber = 0, Exception? innerException = null)
        : base(message, innerException) => ErrorNumber = errorNumber;

    /// <summary>The errno of the system call that failed, or 0.</summary>
    public int ErrorNumber { get; }
}
