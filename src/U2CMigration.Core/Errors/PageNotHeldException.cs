namespace U2CMigration.Core.PageStores;

/// <summary>A page was wanted that the store does not hold: what arrived is not whole. Nothing was committed: the workload runs on the source.</summary>
public sealed class PageNotHeldException : Exception
{
    internal PageNotHeldException(int processId, ulong address)
        : base($"The page of process {processId} at 0x{address:x} is not held. Ask the source for what MissingFrom lists first.")
    {
    }
}
