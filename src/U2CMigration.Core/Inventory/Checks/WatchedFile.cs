using System.Globalization;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>A file that is watched, from a line of <c>/proc/PID/fdinfo</c> (proc_pid_fdinfo(5)).</summary>
/// <param name="Inode">Its inode.</param>
/// <param name="Device">Its file system: major and minor number.</param>
/// <param name="HandleType">The type of the handle by which it can be opened.</param>
/// <param name="Handle">The handle; empty where the file system has none.</param>
internal sealed record WatchedFile(ulong Inode, (uint Major, uint Minor) Device, int HandleType, byte[] Handle)
{
    private const int MinorBits = 20;

    /// <summary>Reads <c>inotify wd:1 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:7e9e0000640d1b6d</c>; null for other lines.</summary>
    public static WatchedFile? Parse(string line)
    {
        if (!line.StartsWith("inotify ", StringComparison.Ordinal) && !line.StartsWith("fanotify ino:", StringComparison.Ordinal))
        {
            return null;
        }

        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static field => field.Split(':', 2)).Where(static pair => pair.Length == 2).ToLookup(static pair => pair[0], static pair => pair[1]);
        if (Hexadecimal(fields["ino"].FirstOrDefault()) is not { } inode || Hexadecimal(fields["sdev"].FirstOrDefault()) is not { } device)
        {
            return null;
        }

        string handle = fields["f_handle"].FirstOrDefault() ?? string.Empty;
        return new WatchedFile(
            inode, ((uint)(device >> MinorBits), (uint)(device & ((1 << MinorBits) - 1))), (int)(Hexadecimal(fields["fhandle-type"].FirstOrDefault()) ?? 0),
            handle.Length % 2 == 0 && handle.All(char.IsAsciiHexDigit) ? Convert.FromHexString(handle) : []);
    }

    private static ulong? Hexadecimal(string? text) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number) ? number : null;
}
