using System.Runtime.InteropServices;

namespace U2CMigration.Files;

/// <summary>Makes errors that name what failed.</summary>
internal static class Failures
{
    /// <summary>An error of a system call.</summary>
    /// <param name="error">The errno.</param>
    /// <param name="what">What could not be done, without a full stop.</param>
    /// <param name="advice">What helps.</param>
    public static FileTreeException Of(int error, string what, string? advice = null) =>
        new($"{what} ({Marshal.GetPInvokeErrorMessage(error)}).{(advice is null ? "" : " " + advice)}", error);
}
