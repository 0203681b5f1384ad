using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.PageStores;

/// <summary>A file in which the pages of one process lie.</summary>
/// <param name="file">The file.</param>
internal sealed class AttachedFile(SafeFileHandle file)
{
    public SafeFileHandle File => file;

    /// <summary>How long it is: what lies behind must not be touched.</summary>
    public long Length { get; set; } = RandomAccess.GetLength(file);

    /// <summary>Whether it must not become longer any more.</summary>
    public bool IsFixed { get; set; }
}
