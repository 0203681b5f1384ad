using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Interop;

namespace U2CMigration.Files.Names;

/// <summary>Opens the root of a tree.</summary>
internal static class RootDirectory
{
    /// <summary>Opens a directory by a path that somebody on this host has given.</summary>
    /// <param name="name">The name of the tree, for the error.</param>
    /// <param name="path">The path.</param>
    /// <param name="insideOf">What is the root for it; null for that of the host.</param>
    public static SafeFileHandle Open(string name, string path, string? insideOf)
    {
        int error;
        SafeFileHandle directory;
        if (insideOf is null)
        {
            error = FileCalls.Open(path, FileCalls.O_DIRECTORY | FileCalls.O_NONBLOCK, out directory);
        }
        else
        {
            error = FileCalls.Open(insideOf, FileCalls.O_DIRECTORY | FileCalls.O_NONBLOCK, out SafeFileHandle root);
            using (root)
            {
                directory = root;
                error = error != 0
                    ? error
                    : FileCalls.Open(root, [.. Encoding.UTF8.GetBytes(path), 0], FileCalls.O_DIRECTORY | FileCalls.O_NONBLOCK, 0, FileCalls.InRoot, out directory);
            }
        }

        string place = insideOf is null ? path : $"{path} inside of {insideOf}";
        return error == 0
            ? directory
            : throw Failures.Of(error, $"The tree '{name}' cannot be opened: {place}", error == Errno.ENOTDIR ? "Only directories travel; give the directory that holds the file." : null);
    }
}
