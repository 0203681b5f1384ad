using System.Reflection;
using U2CMigration.Core.Inventory;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.Documentation.Tests;

/// <summary>Reads the rows off the attributes of the tests that were built along.</summary>
internal static class Rows
{
    private static readonly string[] Projects = ["U2CMigration.EndToEndTests", "U2CMigration.Core.Tests"];

    /// <summary>All of them, in the order of the document: by kind, by outcome, then as the tests have them.</summary>
    public static IReadOnlyList<Row> All { get; } = [.. Projects.SelectMany(Read).OrderBy(static row => row.Kind).ThenBy(static row => row.Outcome).ThenBy(static row => row.Thing, StringComparer.Ordinal)];

    /// <summary>The kinds of findings that a row shows.</summary>
    public static IReadOnlySet<FindingKind> Findings { get; } = Projects.SelectMany(MethodsOf).SelectMany(static method => method.GetCustomAttributes<ShowsFindingAttribute>()).Select(KindOf).ToHashSet();

    private static IEnumerable<Row> Read(string project)
    {
        foreach (MethodInfo method in MethodsOf(project))
        {
            var test = new ShowingTest(method);
            foreach (ShowsAttribute shows in method.GetCustomAttributes<ShowsAttribute>())
            {
                string needs = shows.Needs.Length > 0 ? $"Shown on kernels with {shows.Needs}." : "";
                yield return new Row(shows.Kind, shows.Thing, shows.Outcome, string.Join(' ', new[] { shows.Because, needs }.Where(static text => text.Length > 0)), shows.Remedy, shows.Option, test);
            }

            foreach (ShowsFindingAttribute shows in method.GetCustomAttributes<ShowsFindingAttribute>())
            {
                FindingRule rule = FindingRules.Of(KindOf(shows));
                yield return new Row(shows.Kind, rule.Title, shows.Outcome, shows.Because, rule.Remedy, rule.Options, test);
            }
        }
    }

    /// <summary>The name of a kind is checked by the compiler where it is written with nameof.</summary>
    private static FindingKind KindOf(ShowsFindingAttribute shows) => Enum.Parse<FindingKind>(shows.Finding);

    /// <summary>This configuration's build, whose folder has the name of the configuration.</summary>
    private static IEnumerable<MethodInfo> MethodsOf(string project)
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Assembly.LoadFrom(RepositoryRoot.File("artifacts", "bin", project, configuration, $"{project}.dll")).GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly));
    }
}
