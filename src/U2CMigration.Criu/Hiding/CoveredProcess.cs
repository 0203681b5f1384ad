using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Hiding;

/// <summary>What of a process is shown otherwise than it is.</summary>
/// <param name="startTime">Tells the process from another one that has its number later.</param>
internal sealed class CoveredProcess(ulong startTime) : IDisposable
{
    private MappingsText? _written;

    internal ulong StartTime => startTime;

    /// <summary>Whether its page map is covered.</summary>
    internal bool HasNoPages { get; set; }

    /// <summary>What stands in for its mappings; null as long as they are not covered.</summary>
    internal SafeFileHandle? Text { get; set; }

    /// <summary>The mappings that were found to have no address in common with those of the process whose page map is shown.</summary>
    internal MappingsText? Apart { get; set; }

    /// <summary>Makes the text that of some mappings.</summary>
    internal void Write(MappingsText mappings)
    {
        if (!ReferenceEquals(_written, mappings))
        {
            byte[] bytes = mappings.ToBytes();
            RandomAccess.SetLength(Text!, bytes.Length);
            RandomAccess.Write(Text!, bytes, 0);
            _written = mappings;
        }
    }

    public void Dispose() => Text?.Dispose();
}
