using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

/// <summary>link(2), rename(2), unlink(2), lstat by name: for files that are no regular ones.</summary>
internal static partial class Links
{
    /// <summary>Gives a file a second name; symbolic links are not followed.</summary>
    /// <returns>0 or the errno.</returns>
    public static int TryLink(string path, string name) => ErrorOf(link(path, name));

    /// <summary>Gives a file another name, in place of what has it. Does nothing when both are names of the same file.</summary>
    /// <returns>0 or the errno.</returns>
    public static int TryRename(string path, string name) => ErrorOf(rename(path, name));

    /// <summary>Takes a name away; one that is not there counts as done.</summary>
    public static void Remove(string path) => _ = unlink(path);

    private static int ErrorOf(int result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string path, string name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);
}
