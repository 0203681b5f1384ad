using System.Globalization;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Agreement;

/// <summary>Names a file so that two processes find out whether they see the same one: the run of the kernel, the file system and the number there.</summary>
internal static class FileIdentity
{
    /// <summary>The name; empty when there is no such file.</summary>
    public static string Of(string path) => FileStatus.TryRead(path) is { } status
        ? string.Create(CultureInfo.InvariantCulture, $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}:{status.Device:x}:{status.Inode}")
        : string.Empty;
}
