namespace U2CMigration.Core.Agreement;

/// <summary>
/// What programs find out about processors when they begin and rely on from then on: instructions and the like, by the names of <c>/proc/cpuinfo</c>. A moved program does not ask
/// again, so that a processor without one of them ends it (SIGILL) at the first use, minutes or days after the move.
/// </summary>
internal static class ProcessorFeatures
{
    private const string Path = "/proc/cpuinfo";

    /// <summary>Families of names, so that later members are known as well.</summary>
    private static readonly string[] Families = ["sse", "ssse", "avx", "amx_", "bmi", "mmx", "3dnow", "sha", "sm3", "sm4", "vaes", "vpclmul", "movdir", "fxsr", "cmpccxadd"];

    /// <summary>The rest. What only kernels use (pcid, smep, xsaves), and what kernels say of themselves (rep_good, constant_tsc), is not among them: programs cannot tell.</summary>
    private static readonly HashSet<string> Names =
    [
        "fpu", "tsc", "cx8", "cx16", "cmov", "clflush", "syscall", "rdtscp", "lm", "pni", "pclmulqdq", "fma", "fma4", "xop", "tbm", "lwp", "movbe", "popcnt", "aes", "xsave", "xsaveopt", "xsavec",
        "xgetbv1", "f16c", "rdrand", "rdseed", "lahf_lm", "abm", "misalignsse", "fsgsbase", "hle", "rtm", "adx", "erms", "fsrm", "fzrm", "fsrs", "fsrc", "clflushopt", "clwb", "clzero", "gfni",
        "rdpid", "rdpru", "pku", "ospke", "waitpkg", "serialize", "cldemote", "enqcmd", "mwaitx", "prefetchi", "raoint", "tsxldtrk", "uintr", "user_shstk",
    ];

    /// <summary>What a program may have found on any processor of this host.</summary>
    public static IReadOnlyList<string> OfAny() => [.. Read().SelectMany(static one => one).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Those of the source that a processor of this host lacks; a program may run on any of them.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<string> needed) => needed.Count == 0 ? [] : Missing(needed, Read());

    /// <summary>The same, of the text of <c>/proc/cpuinfo</c>. Nothing is missing where it tells nothing.</summary>
    internal static IReadOnlyList<string> Missing(IReadOnlyList<string> needed, IReadOnlyCollection<IReadOnlySet<string>> processors) =>
        processors.Count == 0 ? [] : [.. needed.Where(name => !processors.All(one => one.Contains(name)))];

    /// <summary>The features that matter, of each processor; of several that are alike one.</summary>
    internal static IReadOnlyCollection<IReadOnlySet<string>> Parse(IEnumerable<string> lines) =>
        [.. lines.Where(static line => line.StartsWith("flags", StringComparison.Ordinal)).Distinct()
            .Select(static line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(IsForPrograms).ToHashSet())];

    private static bool IsForPrograms(string name) => Names.Contains(name) || Array.Exists(Families, family => name.StartsWith(family, StringComparison.Ordinal));

    private static IReadOnlyCollection<IReadOnlySet<string>> Read()
    {
        try
        {
            return Parse(File.ReadLines(Path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
