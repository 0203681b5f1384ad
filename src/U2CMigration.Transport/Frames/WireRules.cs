using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Frames;

/// <summary>What values may appear on the wire. Both sides use the same rules: the sender to refuse its caller, the receiver to refuse its peer.</summary>
internal static class WireRules
{
    /// <summary>What is wrong with a run of pages, or null.</summary>
    public static string? ProblemOf(PageRun run)
    {
        if (run.ProcessId <= 0)
        {
            return $"process {run.ProcessId}, which is not above 0";
        }

        if (run.Pages is <= 0 or > ProtocolLimits.MaxRunPages)
        {
            return $"a run of {run.Pages} pages";
        }

        if ((run.Address & (PageRun.PageBytes - 1)) != 0)
        {
            return $"address 0x{run.Address:x}, which is not a multiple of {PageRun.PageBytes}";
        }

        // Compared by subtraction: the end of a run with a forged address may overflow.
        return run.Address >= ProtocolLimits.AddressLimit || (ulong)run.Pages > (ProtocolLimits.AddressLimit - run.Address) / PageRun.PageBytes
            ? $"{run.Pages} pages at 0x{run.Address:x}, which end above 2^47"
            : null;
    }

    /// <summary>What is wrong with the name of an image file, or null.</summary>
    public static string? ProblemOfImageName(string name)
    {
        if (name.Length == 0)
        {
            return "an empty name";
        }

        foreach (char c in name)
        {
            if (c is '/' or '\\' || char.IsControl(c))
            {
                return $"a name with the character 0x{(int)c:x2}";
            }
        }

        return name == "." || name.Contains("..", StringComparison.Ordinal) ? "a name that leads out of the directory" : null;
    }
}
