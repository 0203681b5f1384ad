using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Interop;

namespace U2CMigration.Files.Names;

/// <summary>
/// A place in a tree, reached step by step from its root: never by a path, which may be longer than the kernel takes, and never out of the tree. Of deep places only the last
/// steps are held open; those before are opened again when they are needed.
/// </summary>
internal sealed class DirectoryStack(SafeFileHandle root) : IDisposable
{
    private const int MostOpen = 64;

    private readonly List<Level> _levels = [];

    public int Depth => _levels.Count;

    /// <summary>Goes one step down.</summary>
    /// <param name="name">The name of a directory, with a zero.</param>
    /// <returns>0 or the errno; EXDEV for a mount.</returns>
    public int Push(byte[] name)
    {
        int error = Current(out SafeFileHandle parent);
        if (error == 0)
        {
            error = OpenDirectory(parent, name, out SafeFileHandle directory);
            if (error == 0)
            {
                _levels.Add(new Level(name, directory));
                CloseFar();
            }
        }

        return error;
    }

    /// <summary>Goes one step up.</summary>
    public void Pop()
    {
        _levels[^1].Handle?.Dispose();
        _levels.RemoveAt(_levels.Count - 1);
    }

    public void Clear()
    {
        while (_levels.Count > 0)
        {
            Pop();
        }
    }

    /// <summary>The directory at the place; belongs to the stack.</summary>
    /// <returns>0 or the errno, where a directory on the way is not there any more.</returns>
    public int Current(out SafeFileHandle directory)
    {
        directory = root;
        int open = _levels.Count;
        while (open > 0 && _levels[open - 1].Handle is null)
        {
            open--;
        }

        if (open > 0)
        {
            directory = _levels[open - 1].Handle!;
        }

        for (int i = open; i < _levels.Count; i++)
        {
            int error = OpenDirectory(directory, _levels[i].Name, out SafeFileHandle next);
            if (error != 0)
            {
                return error;
            }

            _levels[i] = _levels[i] with { Handle = next };
            if (i - MostOpen >= 0)
            {
                Close(i - MostOpen);
            }

            directory = next;
        }

        return 0;
    }

    /// <summary>The names on the way, for people.</summary>
    public string Show() => string.Concat(_levels.Select(static level => "/" + NameBytes.Show(NameBytes.WithoutZero(level.Name))));

    public void Dispose() => Clear();

    private static int OpenDirectory(SafeFileHandle parent, byte[] name, out SafeFileHandle directory) =>
        FileCalls.Open(parent, name, FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW | FileCalls.O_NONBLOCK, 0, FileCalls.Beneath, out directory);

    private void CloseFar()
    {
        if (_levels.Count > MostOpen)
        {
            Close(_levels.Count - 1 - MostOpen);
        }
    }

    private void Close(int index)
    {
        _levels[index].Handle?.Dispose();
        _levels[index] = _levels[index] with { Handle = null };
    }

    private readonly record struct Level(byte[] Name, SafeFileHandle? Handle);
}
