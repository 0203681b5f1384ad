namespace U2CMigration.Core.PageStores;

/// <summary>The destination's page store could not get or give back memory. Nothing was committed: the workload runs on the source.</summary>
public class PageStoreException : Exception
{
    internal PageStoreException(string message, int errorNumber = 0, Exception? innerException = null)
        : base(message, innerException) => ErrorNumber = errorNumber;

    /// <summary>The errno of the system call that failed, or 0.</summary>
    public int ErrorNumber { get; }
}
