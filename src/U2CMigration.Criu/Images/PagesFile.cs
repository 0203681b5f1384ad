using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Images;

/// <summary>The content of pages; a file <c>pages-ID.img</c>, which is nothing but pages one behind the other.</summary>
public sealed class PagesFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private long _end;

    private PagesFile(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
        _end = RandomAccess.GetLength(handle);
    }

    /// <summary>The number of pages in it.</summary>
    public long Pages => _end / Environment.SystemPageSize;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The file.</returns>
    public static PagesFile Open(string path) => new(path, File.OpenHandle(path));

    /// <summary>Makes an empty file for writing, in place of one that is there.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The file.</returns>
    public static PagesFile Create(string path) => new(path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite));

    /// <summary>Reads pages.</summary>
    /// <param name="page">The index of the first.</param>
    /// <param name="destination">As many bytes as are wanted.</param>
    /// <exception cref="CriuException">The file has no such pages.</exception>
    public void Read(long page, Span<byte> destination)
    {
        long offset = page * Environment.SystemPageSize;
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
            {
                throw ImageError.At(_path, offset, "it ends before the pages that its pagemap lists");
            }

            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>Adds pages at the end.</summary>
    /// <param name="pages">Whole pages.</param>
    public void Append(ReadOnlySpan<byte> pages)
    {
        RandomAccess.Write(_handle, pages, _end);
        _end += pages.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
