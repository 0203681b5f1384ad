using System.Globalization;

namespace U2CMigration.Core.CarriedState.Attributes;

/// <summary>What a process has as a whole and can be set from outside.</summary>
internal static class ProcessAttributes
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<OuterAttribute> All { get; } =
    [
        new("core dump filter", static process => ProcText.TryRead(process, "coredump_filter"), static (process, value) => ProcText.Write(process, "coredump_filter", "0x" + value)),
        new("nice value of its session", ReadSession, static (process, value) => ProcText.Write(process, "autogroup", value)),
    ];

    /// <summary>The number behind the name of the group, which is another one on each host: <c>/autogroup-12 nice 5</c>.</summary>
    private static string? ReadSession(int process) =>
        ProcText.TryRead(process, "autogroup")?.Split(' ') is [.., "nice", var nice] && int.TryParse(nice, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? nice : null;
}
