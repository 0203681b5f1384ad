using System.Text.RegularExpressions;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Images.Privileges;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Core.Destination.Policy;

/// <summary>The rules about files: CRIU opens them as root, no matter which process gets them.</summary>
internal sealed partial class FileRules(PolicyLimits limits, IReadOnlyCollection<string> inherited)
{
    private static readonly HashSet<string> AlwaysOpen = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

    private readonly Access _access = new(limits);

    /// <summary>What is wrong with a path itself, whatever the limits are: it could be read in two ways.</summary>
    /// <remarks>A socket has the path that it was bound by, which may be a relative one. What the dump has left out is named by mount and inode; this side hands it over.</remarks>
    public static string? PathProblemOf(ImageFile file) => file.Kind == ImageFileKind.Socket || IsPlain(file.Path) || IsHandedOver(file.Path) ? null
        : $"The images name a file by the path '{PlainText.Of(file.Path)}', which is not a plain absolute one. No CRIU writes that; the source is not to be trusted.";

    /// <summary>What is wrong with a file of a workload that shares the mounts of this host.</summary>
    public string? ProblemOf(ImageFile file)
    {
        // The caller has put another file in its place.
        if (!limits.AreAboutFiles || inherited.Contains(file.Path.TrimStart('/')) || IsHandedOver(file.Path))
        {
            return null;
        }

        string real = Access.RealOf(file.Path, out bool isThere);
        if (file.IsCode && limits.Policy.ExecutablePaths is { } programs && !IsBelow(real, programs))
        {
            return $"The workload executes {Shown(file, real)}, and the policy here allows programs and libraries in {string.Join(", ", programs)}. {PolicyLimits.Remedy(nameof(RestorePolicy.ExecutablePaths), "--allow-executables", real)}";
        }

        if (file.IsCode && !file.IsWritten && limits.Policy.ExecutablePaths is not null)
        {
            return null;
        }

        if (AlwaysOpen.Contains(real) || IsNamed(real, file.IsWritten))
        {
            return null;
        }

        bool isOpenable = limits.Users is not null && _access.Has(real, isThere, file);
        if (limits.Policy.FilePaths is { } files)
        {
            return file.IsCode && !file.IsWritten && (limits.Users is null || isOpenable) ? null
                : $"The workload has {Shown(file, real)} open{(file.IsWritten ? " to write" : string.Empty)}, and the policy here allows files in {string.Join(", ", files)}. {PolicyLimits.Remedy(nameof(RestorePolicy.FilePaths), "--allow-files", real)}";
        }

        return limits.Users is null || isOpenable ? null
            : $"The workload has {Shown(file, real)} open{(file.IsWritten ? " to write" : string.Empty)}, which none of the users {PolicyLimits.Text(limits.Users)} that the policy here allows could open here. Give them the file, name it in {nameof(MigrationReceiverOptions.Policy)}.{nameof(RestorePolicy.FilePaths)} (agent: receive --allow-files {real}), or let the workload close it.";
    }

    /// <summary>What is wrong with a deleted file that is made again.</summary>
    public string? ProblemOf(ImageDeletedFile file) =>
        limits.Users is null || (PolicyLimits.Has(limits.Users, file.UserId) && PolicyLimits.Has(limits.Groups, file.GroupId) && file.IsPlain) ? null
            : $"The workload has a deleted file open ({file.ImageName}) that belongs to user {file.UserId} and group {file.GroupId} with the mode {Convert.ToString(file.Mode, 8)}; the policy here allows plain files of the users {PolicyLimits.Text(limits.Users)} and groups {PolicyLimits.Text(limits.Groups)}. {PolicyLimits.Remedy(nameof(RestorePolicy.UserIds), "--allow-users", $"{file.UserId}")}";

    private static string Shown(ImageFile file, string real) => PlainText.Of(file.Path == real ? real : $"{file.Path} (here {real})");

    /// <summary>Whether CRIU gets the file as a descriptor: it opens none by such a name, and fails without.</summary>
    private static bool IsHandedOver(string path) => HandedOver().IsMatch(path);

    [GeneratedRegex(@"^file\[[0-9a-f]{1,16}:[0-9a-f]{1,16}\]\z")]
    private static partial Regex HandedOver();

    private static bool IsPlain(string path) => path == "/"
        || (path.StartsWith('/') && path.AsSpan(1).Split('/') is var parts && AreNames(path, parts));

    private static bool AreNames(string path, MemoryExtensions.SpanSplitEnumerator<char> parts)
    {
        foreach (Range part in parts)
        {
            if (path.AsSpan(1)[part] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the caller has named it for this.</summary>
    private bool IsNamed(string real, bool isWritten) =>
        IsBelow(real, limits.Policy.FilePaths ?? []) || (!isWritten && IsBelow(real, limits.Policy.ExecutablePaths ?? []) && limits.Policy.FilePaths is not null);

    internal static bool IsBelow(string path, IReadOnlyList<string> places)
    {
        foreach (string place in places)
        {
            string root = (RealPath.TryOf(place) ?? place).TrimEnd('/');
            if (path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/'))
            {
                return true;
            }
        }

        return false;
    }
}
