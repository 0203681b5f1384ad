using System.Numerics;

namespace U2CMigration.Core.Vocabulary;

/// <summary>The names of capabilities(7), by number.</summary>
internal static class CapabilityNames
{
    private const string Prefix = "cap_";

    private static readonly string[] Names =
    [
        "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
        "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
        "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
    ];

    /// <summary>The number of a capability; null for no name of one.</summary>
    public static int? NumberOf(string name)
    {
        string lower = name.ToLowerInvariant();
        int number = Array.IndexOf(Names, lower.StartsWith(Prefix, StringComparison.Ordinal) ? lower[Prefix.Length..] : lower);
        return number < 0 ? null : number;
    }

    /// <summary>The set of some.</summary>
    public static ulong SetOf(IEnumerable<string> names)
    {
        ulong set = 0;
        foreach (string name in names)
        {
            set |= NumberOf(name) is { } number ? 1UL << number : 0;
        }

        return set;
    }

    /// <summary>The names of a set, for people.</summary>
    public static string Of(ulong set)
    {
        var names = new List<string>();
        for (ulong left = set; left != 0; left &= left - 1)
        {
            int number = BitOperations.TrailingZeroCount(left);
            names.Add(number < Names.Length ? Prefix + Names[number] : $"capability {number}");
        }

        return string.Join(", ", names);
    }
}
