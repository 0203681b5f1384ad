using System.Globalization;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Terminals whose other end, the one that a terminal program or a login server has, does not move.</summary>
internal static class TerminalCheck
{
    private const uint FirstSlave = 136;
    private const uint LastSlave = 143;
    private const uint MinorsOfMajor = 256;
    private const int TerminalField = 4;

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        if (view.Options.IsExternal("tty["))
        {
            yield break;
        }

        HashSet<uint>? own = null;
        var seen = new HashSet<uint>();
        foreach ((HeldDescriptor descriptor, FileStatus status) in view.Files)
        {
            if (NumberOf(descriptor, status) is { } number && seen.Add(number))
            {
                own ??= [.. view.Descriptors.Select(MasterOf).OfType<uint>()];
                if (!own.Contains(number))
                {
                    string holder = HolderOf(number, view) is { } other ? $"{OutsideHolders.NameOf(other)}, which does not move" : "a process that does not move and cannot be seen from here";
                    yield return view.Finding(FindingKind.Terminal, descriptor.ProcessId, descriptor.Named, $"its other end is open in {holder}");
                }
            }
        }
    }

    /// <summary>The number of the pseudo-terminal; null for what is none, or for one whose other end is closed.</summary>
    private static uint? NumberOf(HeldDescriptor descriptor, FileStatus status)
    {
        if (descriptor.Link.EndsWith(" (deleted)", StringComparison.Ordinal) || !descriptor.Link.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return null;
        }

        return status.RawDevice switch
        {
            ( >= FirstSlave and <= LastSlave, _) => ((status.RawDevice.Major - FirstSlave) * MinorsOfMajor) + status.RawDevice.Minor,
            (5, 0) when descriptor.Link == "/dev/tty" => ControllingTerminalOf(descriptor.ProcessId),
            _ => null,
        };
    }

    /// <summary>By the number of its device, as proc_pid_stat(5) has it: the minor number in bits 0 to 7 and 20 to 31, the major in 8 to 19.</summary>
    private static uint? ControllingTerminalOf(int processId)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            uint device = uint.Parse(fields[TerminalField], CultureInfo.InvariantCulture);
            uint major = (device >> 8) & 0xfff;
            return major is >= FirstSlave and <= LastSlave ? ((major - FirstSlave) * MinorsOfMajor) + (device & 0xff) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static uint? MasterOf(HeldDescriptor descriptor) =>
        descriptor.Link.EndsWith("/ptmx", StringComparison.Ordinal) && uint.TryParse(descriptor.Information("tty-index"), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static int? HolderOf(uint number, WorkloadView view)
    {
        int? holder = null;
        foreach (int processId in view.OutsideProcesses)
        {
            DescriptorTable.Visit(processId, (process, descriptor, link) =>
            {
                if (link.EndsWith("/ptmx"u8) && MasterOf(new HeldDescriptor(process, descriptor, "/ptmx")) == number)
                {
                    holder ??= process;
                }
            });
        }

        return holder;
    }
}
