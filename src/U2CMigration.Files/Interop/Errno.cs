namespace U2CMigration.Files.Interop;

/// <summary>Error numbers of Linux on x86-64 and arm64 (<c>asm-generic/errno.h</c>).</summary>
internal static class Errno
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EIO = 5;
    internal const int ENXIO = 6;
    internal const int EAGAIN = 11;
    internal const int EACCES = 13;
    internal const int EBUSY = 16;
    internal const int EEXIST = 17;
    internal const int EXDEV = 18;
    internal const int ENOTDIR = 20;
    internal const int EISDIR = 21;
    internal const int EINVAL = 22;
    internal const int ENOTTY = 25;
    internal const int ERANGE = 34;
    internal const int ENOTEMPTY = 39;
    internal const int ELOOP = 40;
    internal const int ENODATA = 61;
    internal const int EOPNOTSUPP = 95;
    internal const int ESTALE = 116;

    /// <summary>Whether an error says that a name leads to something else than it did a moment ago.</summary>
    internal static bool IsGone(int error) => error is ENOENT or ENOTDIR or ELOOP or ESTALE or ENXIO;
}
