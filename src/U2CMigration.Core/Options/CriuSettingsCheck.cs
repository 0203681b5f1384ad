using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Options;

/// <summary>Finds what is wrong with settings before anything is touched.</summary>
internal static class CriuSettingsCheck
{
    /// <summary>Everything that is wrong on the source.</summary>
    public static IEnumerable<string> OnSource(CriuSettings settings)
    {
        List<string> problems = Common(settings);
        AddForeign(
            problems, "the destination", "MigrationReceiverOptions",
            (nameof(settings.JoinNamespaces), settings.JoinNamespaces.Count > 0),
            (nameof(settings.InheritedFiles), settings.InheritedFiles.Count > 0),
            (nameof(settings.FileValidation), settings.FileValidation != default),
            (nameof(settings.SkipFileRightsCheck), settings.SkipFileRightsCheck),
            (nameof(settings.LsmProfile), settings.LsmProfile.Length > 0),
            ($"{nameof(settings.Mounts)}.{nameof(settings.Mounts.LsmContext)}", settings.Mounts.LsmContext.Length > 0),
            ($"{nameof(settings.Cgroups)}.{nameof(settings.Cgroups.Roots)}", settings.Cgroups.Roots.Count > 0),
            ($"{nameof(settings.Cgroups)}.{nameof(settings.Cgroups.Yard)}", settings.Cgroups.Yard.Length > 0));
        return Named(problems);
    }

    /// <summary>Everything that is wrong on the destination.</summary>
    public static IEnumerable<string> OnDestination(CriuSettings settings)
    {
        List<string> problems = Common(settings);
        AddForeign(
            problems, "the source", "MigrationSessionOptions",
            (nameof(settings.DeletedFileLimitBytes), settings.DeletedFileLimitBytes != 0),
            (nameof(settings.ForceInodeMap), settings.ForceInodeMap),
            (nameof(settings.InodeMapPaths), settings.InodeMapPaths.Count > 0),
            (nameof(settings.EvasiveDevices), settings.EvasiveDevices));
        if (settings.JoinNamespaces.Any(static item => item.Kind is not { Length: > 0 } || item.Path is not { Length: > 0 }))
        {
            problems.Add($"{nameof(settings.JoinNamespaces)} has an entry without a kind or path; give both, for example 'net' and '/run/netns/web'.");
        }

        foreach (CriuInheritedFile file in settings.InheritedFiles)
        {
            if (file.Key is not { Length: > 0 } || file.Handle is not { IsInvalid: false, IsClosed: false })
            {
                problems.Add($"{nameof(settings.InheritedFiles)} has '{file.Key}' with a handle that is not open or without a key; give both.");
            }
        }

        return Named(problems);
    }

    private static List<string> Common(CriuSettings settings)
    {
        var problems = new List<string>();
        if (settings.Path.Length == 0)
        {
            problems.Add($"{nameof(settings.Path)} is empty; name CRIU's program, for example 'criu'.");
        }

        if (settings.LogLevel is < 0 or > 4)
        {
            problems.Add($"{nameof(settings.LogLevel)} is {settings.LogLevel}; it must be 0 to 4.");
        }

        if (settings.DeletedFileLimitBytes is < 0 or > uint.MaxValue)
        {
            problems.Add($"{nameof(settings.DeletedFileLimitBytes)} is {settings.DeletedFileLimitBytes}; it must be 0 (chosen by itself) to {uint.MaxValue}. For more, put 'ghost-limit 8G' into {nameof(settings.RawOptions)}.");
        }

        if (settings.InodeMapPaths.Any(static path => !System.IO.Path.IsPathFullyQualified(path)))
        {
            problems.Add($"{nameof(settings.InodeMapPaths)} has an entry that is no absolute path; name directories from '/' on.");
        }

        if (settings.InodeMapPaths.Count > 0 && !settings.ForceInodeMap)
        {
            problems.Add($"{nameof(settings.InodeMapPaths)} has no effect without {nameof(settings.ForceInodeMap)}; set it too.");
        }

        if (settings.External.Any(static item => item is not { Length: > 0 } || !item.Contains('[', StringComparison.Ordinal)))
        {
            problems.Add($"{nameof(settings.External)} has an entry that is not of CRIU's form KIND[KEY]:VALUE, for example 'net[4026531840]:extNet'.");
        }

        problems.AddRange(RawOptionProblems(settings));
        var parts = new List<string>();
        settings.Mounts.AddProblems(parts);
        problems.AddRange(parts.Select(static problem => $"{nameof(settings.Mounts)}.{problem}"));
        parts.Clear();
        settings.Cgroups.AddProblems(parts);
        problems.AddRange(parts.Select(static problem => $"{nameof(settings.Cgroups)}.{problem}"));
        return problems;
    }

    private static IEnumerable<string> RawOptionProblems(CriuSettings settings) => settings.RawOptions
        .Select(static line => (Line: line, Problem: CriuTaskOptions.ProblemOfRawOption(line)))
        .Where(static checkedLine => checkedLine.Problem is not null)
        .Select(static checkedLine => $"{nameof(CriuSettings.RawOptions)} has '{checkedLine.Line}', {checkedLine.Problem}.");

    private static void AddForeign(List<string> problems, string owner, string options, params ReadOnlySpan<(string Name, bool IsSet)> settings)
    {
        foreach ((string name, bool isSet) in settings)
        {
            if (isSet)
            {
                problems.Add($"{name} has no effect here: it is for {owner}. Set it in {options}.Criu there.");
            }
        }
    }

    private static IEnumerable<string> Named(List<string> problems) => problems.Select(static problem => $"{nameof(MigrationSessionOptions.Criu)}.{problem}");
}
