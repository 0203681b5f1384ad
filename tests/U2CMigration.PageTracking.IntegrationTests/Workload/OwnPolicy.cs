using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Runs code on a thread with a seccomp policy that allows everything, as in a container: the kernel then grants less to a tracer.</summary>
internal static unsafe partial class OwnPolicy
{
    private const int PrSetNoNewPrivs = 38;
    private const int PrSetSeccomp = 22;
    private const int SeccompModeFilter = 2;
    private const uint Allow = 0x7fff0000;

    internal static T RunUnder<T>(Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Install();
                result = action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void Install()
    {
        // struct sock_filter: u16 code (6: return), u8, u8, u32 value; struct sock_fprog: u16 length, pointer.
        ulong instruction = 6 | ((ulong)Allow << 32);
        (ulong Length, nint Instructions) program = (1, (nint)(&instruction));
        (Prctl(PrSetNoNewPrivs, 1, 0) == 0 && Prctl(PrSetSeccomp, SeccompModeFilter, (nint)(&program)) == 0).Should().BeTrue("the policy is installed");
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nint second, nint third, nint fourth = 0, nint fifth = 0);
}
