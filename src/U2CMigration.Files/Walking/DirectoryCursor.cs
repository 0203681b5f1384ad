using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>Opens the directories of a tree.</summary>
internal sealed class DirectoryCursor(Node root, SafeFileHandle handle) : TreeCursor(root), IDisposable
{
    private readonly DirectoryStack _stack = new(handle);

    /// <summary>Opens a directory; it belongs to the cursor until the next call.</summary>
    /// <returns>0 or the errno.</returns>
    public int Open(Node directory, out SafeFileHandle opened)
    {
        opened = handle;
        int error = MoveTo(directory);
        return error != 0 ? error : _stack.Current(out opened);
    }

    public void Dispose() => _stack.Dispose();

    protected override void Up() => _stack.Pop();

    protected override int Down(Node directory) => _stack.Push(directory.Name);
}
