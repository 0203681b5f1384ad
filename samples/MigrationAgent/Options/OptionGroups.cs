using System.CommandLine;
using System.Runtime.CompilerServices;

namespace MigrationAgent.Options;

/// <summary>Options of a command that are shown in groups, as there are too many for one list.</summary>
public static class OptionGroups
{
    private static readonly ConditionalWeakTable<Command, List<(string Title, IReadOnlyList<Option> Options)>> Groups = [];

    public static void AddGroup(this Command command, string title, params IReadOnlyList<Option> options)
    {
        Groups.GetOrCreateValue(command).Add((title, options));
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The groups of a command; null for one that has none.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<Option> Options)>? Of(Command command) => Groups.TryGetValue(command, out var groups) ? groups : null;
}
