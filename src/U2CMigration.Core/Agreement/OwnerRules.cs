using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Core.Agreement;

/// <summary>How what the owner of a tree wants of CRIU goes into the options of a dump or a restore.</summary>
internal static class OwnerRules
{
    /// <summary>What the owner knows better: control groups, terminals. Its configuration file would override the request, so its lines are taken over where they do not touch the migration itself.</summary>
    public static CriuDumpOptions Apply(CriuDumpOptions options, RuntimeRequest? request) => request is null ? options : options with
    {
        Runtime = request,
        ShellJob = false,
        CgroupMode = CriuCgroupMode.CriuDefault,
        RawOptions = [.. Lines(request.ConfigurationFile), .. options.RawOptions],
    };

    /// <inheritdoc cref="Apply(CriuDumpOptions, RuntimeRequest?)"/>
    public static CriuRestoreOptions Apply(CriuRestoreOptions options, RuntimeRequest? request) => request is null ? options : options with
    {
        Runtime = request,
        ShellJob = false,
        CgroupMode = CriuCgroupMode.CriuDefault,
        RawOptions = [.. Lines(request.ConfigurationFile), .. options.RawOptions],
    };

    /// <summary>The lines of a configuration file that may stay.</summary>
    internal static IReadOnlyList<string> Lines(string file)
    {
        if (file.Length == 0 || !File.Exists(file))
        {
            return [];
        }

        // How packets are kept away while the tree is moved is the business of the migration.
        return
        [
            .. File.ReadLines(file)
                .Select(static line => line.Split('#')[0].Trim())
                .Where(static line => line.Length > 0 && CriuTaskOptions.ProblemOfRawOption(line) is null && !line.TrimStart('-').StartsWith("network-lock", StringComparison.Ordinal)),
        ];
    }
}
