using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Source.Verification;

/// <summary>Pages of one mapping of the frozen tree that the restored tree must have.</summary>
/// <param name="ProcessId">The process, as numbered on this host.</param>
/// <param name="IsLazy">Whether they are given to the restored process when it touches them; others are there before it runs.</param>
/// <param name="Ranges">The pages, ascending.</param>
internal sealed record FrozenMapping(int ProcessId, bool IsLazy, IReadOnlyList<PageRange> Ranges)
{
    public long Pages => Ranges.Sum(static range => range.Pages);
}
