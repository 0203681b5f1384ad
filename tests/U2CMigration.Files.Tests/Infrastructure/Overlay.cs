using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Files.Tests.Infrastructure;

/// <summary>An overlay that is mounted nowhere: it is there as long as its descriptor is.</summary>
internal sealed partial class Overlay : IDisposable
{
    private readonly SafeFileHandle _mount;

    public Overlay(string lower, string upper, string work, params (string Key, string Value)[] options)
    {
        using var context = new SafeFileHandle(syscall(430, "overlay", 1), ownsHandle: true);
        foreach ((string key, string value) in (IEnumerable<(string, string)>)[("lowerdir", lower), ("upperdir", upper), ("workdir", work), .. options])
        {
            Check(syscall(431, context, 1, Marshal.StringToCoTaskMemUTF8(key), Marshal.StringToCoTaskMemUTF8(value), 0), $"{key}={value}");
        }

        Check(syscall(431, context, 6, 0, 0, 0), "overlay");
        nint mount = syscall(432, context, 1, 0, 0, 0);
        Check(mount, "fsmount");
        _mount = new SafeFileHandle(mount, ownsHandle: true);
    }

    public string Path => $"/proc/self/fd/{_mount.DangerousGetHandle()}";

    public void Dispose() => _mount.Dispose();

    private static void Check(nint result, string what)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, string name, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, SafeFileHandle context, nint command, nint key, nint value, nint auxiliary);
}
