using U2CMigration.Core.Interop;
using U2CMigration.Criu.Images.Privileges;

namespace U2CMigration.Core.Destination.Policy;

/// <summary>Whether any of the allowed users and groups may open a file on this host, by owner, group and rights of it and of the directories above.</summary>
internal sealed class Access(PolicyLimits limits)
{
    private const int TypeMask = 0xf000;
    private const int Directory = 0x4000;
    private const int Read = 4;
    private const int Write = 2;
    private const int Search = 1;
    private const int OwnerShift = 6;
    private const int GroupShift = 3;

    private readonly Dictionary<string, bool> _searchable = [];

    /// <summary>The path with all links followed; where it does not exist, that of the nearest directory that does, with the rest as it is.</summary>
    public static string RealOf(string path, out bool isThere)
    {
        isThere = true;
        string rest = string.Empty;
        for (string above = path; above.Length > 1; above = Path.GetDirectoryName(above) ?? "/")
        {
            if (RealPath.TryOf(above) is { } real)
            {
                return real.TrimEnd('/') + rest;
            }

            isThere = false;
            rest = $"/{Path.GetFileName(above)}{rest}";
        }

        return rest.Length == 0 ? "/" : rest;
    }

    /// <summary>Whether one of them may open a file as it was open, or make it where it is not.</summary>
    /// <param name="real">The path without links.</param>
    /// <param name="isThere">Whether it exists.</param>
    /// <param name="file">How it is used.</param>
    public bool Has(string real, bool isThere, ImageFile file)
    {
        string directory = Path.GetDirectoryName(real) ?? "/";
        if (!isThere || file.Kind == ImageFileKind.Socket)
        {
            while (FileStatus.TryRead(directory) is null && directory.Length > 1)
            {
                directory = Path.GetDirectoryName(directory) ?? "/";
            }

            return CanSearch(directory) && FileStatus.TryRead(directory) is { } place && MayDo(place, Write | Search);
        }

        return CanSearch(directory) && FileStatus.TryRead(real) is { } status && MayDo(status, (status.Mode & TypeMask) == Directory ? Search : NeededFor(file));
    }

    private static int NeededFor(ImageFile file) => (file.IsRead ? Read : 0) | (file.IsWritten ? Write : 0);

    /// <summary>Whether one of them gets through a directory and all above it.</summary>
    private bool CanSearch(string directory)
    {
        if (_searchable.TryGetValue(directory, out bool known))
        {
            return known;
        }

        bool can = FileStatus.TryRead(directory) is { } status && MayDo(status, Search) && (directory == "/" || CanSearch(Path.GetDirectoryName(directory) ?? "/"));
        _searchable[directory] = can;
        return can;
    }

    private bool MayDo(FileStatus status, int needed) => (RightsOf(status) & needed) == needed;

    /// <summary>The rights that count for them: those of the owner or the group where that is one of them, and those of everybody else.</summary>
    private int RightsOf(FileStatus status) =>
        (PolicyLimits.Has(limits.Users, status.UserId) ? status.Mode >> OwnerShift : 0)
        | (PolicyLimits.Has(limits.Groups, status.GroupId) ? status.Mode >> GroupShift : 0)
        | status.Mode;
}
