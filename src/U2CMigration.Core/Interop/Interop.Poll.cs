using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>poll(2) without waiting.</summary>
internal static unsafe partial class Polling
{
    private const short Error = 8;
    private const short HangUp = 16;

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }

    /// <summary>Whether nobody has the other end of a pipe open any more: no reader of one that is written, no writer of one that is read.</summary>
    public static bool HasLostItsPeer(SafeFileHandle pipe)
    {
        bool added = false;
        pipe.DangerousAddRef(ref added);
        try
        {
            var asked = new PollDescriptor { Descriptor = (int)pipe.DangerousGetHandle() };
            return poll(&asked, 1, 0) > 0 && (asked.Found & (Error | HangUp)) != 0;
        }
        finally
        {
            pipe.DangerousRelease();
        }
    }

    [LibraryImport("libc")]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);
}
