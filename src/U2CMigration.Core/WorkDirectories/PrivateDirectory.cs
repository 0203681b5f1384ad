using U2CMigration.Core.Interop;

namespace U2CMigration.Core.WorkDirectories;

/// <summary>Makes directories that no one else can look into: what lies there is the memory and the state of workloads.</summary>
internal static class PrivateDirectory
{
    public const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode OnlyOwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Within a private directory: tasks of a user namespace, which are not its owner, read their images through a descriptor.</summary>
    public const UnixFileMode ThroughDescriptor = OnlyOwner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    public const UnixFileMode FileThroughDescriptor = OnlyOwnersFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const ushort TypeMask = 0xf000;
    private const ushort DirectoryType = 0x4000;
    private const ushort Sticky = 0x200;
    private const ushort WrittenByGroup = 0x10;
    private const ushort WrittenByOthers = 0x2;

    /// <summary>Creates a directory, and what is missing above it. One that is there already is taken if it belongs to this user and no one else may write to it.</summary>
    /// <exception cref="OpenDirectoryException">Others could put something into it or exchange it.</exception>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Make(full);
        if (FileStatus.TryReadLink(full) is not { } status || (status.Mode & TypeMask) != DirectoryType)
        {
            throw new OpenDirectoryException($"'{full}' is not a directory itself, and a link may lead elsewhere tomorrow. Name the directory that is meant.");
        }

        uint user = FileStatus.TryRead("/proc/self")?.UserId ?? 0;
        if (status.UserId != user)
        {
            throw new OpenDirectoryException($"'{full}' belongs to user {status.UserId}, who could read and exchange what is put there. Name a directory of user {user}, or remove it.");
        }

        if ((status.Mode & (WrittenByGroup | WrittenByOthers)) != 0)
        {
            throw new OpenDirectoryException($"'{full}' may be written to by others than its owner, who could exchange what is put there. Name another one, or take that right away (chmod go-w).");
        }

        for (string? above = Path.GetDirectoryName(full); above is not null; above = Path.GetDirectoryName(above))
        {
            if (FileStatus.TryRead(above) is { } parent && (parent.Mode & WrittenByOthers) != 0 && (parent.Mode & Sticky) == 0)
            {
                throw new OpenDirectoryException($"'{full}' lies in '{above}', in which everybody may rename everything. Name another one.");
            }
        }
    }

    /// <summary>With what is missing above, which would be open to others otherwise.</summary>
    private static void Make(string path)
    {
        if (!OperatingSystem.IsWindows() && !Directory.Exists(path))
        {
            if (Path.GetDirectoryName(path) is { } above)
            {
                Make(above);
            }

            Directory.CreateDirectory(path, OnlyOwner);
        }
    }
}
