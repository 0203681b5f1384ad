using System.Numerics;

namespace U2CMigration.Criu.LazyPages.Ranges;

/// <summary>The page size of this machine, in which CRIU's images and userfaultfd count.</summary>
internal static class PageGeometry
{
    internal static readonly int Bytes = Environment.SystemPageSize;

    internal static readonly int Shift = BitOperations.Log2((uint)Environment.SystemPageSize);
}
