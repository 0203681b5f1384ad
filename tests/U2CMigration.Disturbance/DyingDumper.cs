using System.Diagnostics;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Disturbance;

/// <summary>Dumps with hidden memory, and dies of SIGKILL at a moment of it.</summary>
internal static class DyingDumper
{
    public static async Task<int> RunAsync(int processId, string imagesDirectory, string moment)
    {
        await using LazyDump dump = LazyDump.Prepare(new LazyDumpOptions { HidesMemory = Asked });
        Console.WriteLine(dump.WorkerProcessId);
        await dump.HoldAsync(new CriuDumpOptions
        {
            ProcessId = processId,
            ImagesDirectory = imagesDirectory,
            CgroupMode = CriuCgroupMode.Ignore,
            NetworkLock = CriuNetworkLock.Skip,
        });
        if (moment == "held" && dump.HiddenProcesses.Count > 0)
        {
            Process.GetCurrentProcess().Kill();
        }

        return 1;

        bool Asked(int askedId)
        {
            // Without a frozen group this is asked again once CRIU has stopped the tasks.
            if (moment == "stopped" && File.ReadAllText($"/proc/{askedId}/status").Contains("State:\tt", StringComparison.Ordinal))
            {
                Process.GetCurrentProcess().Kill();
            }

            return true;
        }
    }
}
