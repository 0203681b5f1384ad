using System.Text.RegularExpressions;

namespace U2CMigration.Core.Tests.Architecture;

/// <summary>What a C# file declares, and which names it uses.</summary>
internal sealed partial class SourceText
{
    /// <param name="path">Its path in the project, with slashes.</param>
    /// <param name="text">What it says.</param>
    public SourceText(string path, string text)
    {
        Path = path;
        string code = CodeText.Of(text);
        Namespace = NamespaceLine().Match(code).Groups[1].Value;
        Usings = [.. UsingLine().Matches(code).Select(static one => one.Groups[1].Value)];
        Types = [.. Declaration().Matches(code).Select(static one => one.Groups[2].Value).Distinct()];
        HasPublicTypes = Declaration().Matches(code).Any(static one => one.Groups[1].Value.Contains("public", StringComparison.Ordinal));
        Extensions = [.. Extension().Matches(code).Select(static one => one.Groups[1].Value).Distinct()];
        string named = EnumBody().Replace(UsingLine().Replace(code, string.Empty), static body => EnumMember().Replace(body.Value, string.Empty));
        Names = [.. Name().Matches(named).Select(static one => Space().Replace(one.Value, string.Empty)).Distinct()];
        Calls = Call().Matches(code).Select(static one => one.Groups[1].Value).ToHashSet();
    }

    public string Path { get; }

    /// <summary>The folder of the project that it is in, or in whose subfolder; empty for the project's own.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : string.Empty;

    public string Namespace { get; }

    /// <summary>The namespaces, and the types of <c>using static</c> and of aliases.</summary>
    public IReadOnlyList<string> Usings { get; }

    /// <summary>The types that are not within another one.</summary>
    public IReadOnlyList<string> Types { get; }

    public bool HasPublicTypes { get; }

    /// <summary>The names of its extension methods.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>Names that nothing stands before, with all that follows them after dots: types, and much else.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The names of the members that are used of anything.</summary>
    public IReadOnlySet<string> Calls { get; }

    /// <summary>Whether its code can name the types of a namespace as they are.</summary>
    public bool Sees(string space) => Namespace == space || Namespace.StartsWith(space + '.', StringComparison.Ordinal) || Usings.Contains(space);

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)[^;(]*;", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"^((?:(?:public|internal|file|sealed|static|abstract|partial|readonly|unsafe|ref)\s+)*)(?:class|struct|interface|enum|record(?:\s+(?:struct|class))?|delegate\s+[\w<>?,.\[\] ]+)\s+([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\bstatic\b[^(;={]*?\s([A-Z]\w*)\s*(?:<[^>]*>)?\(\s*this\s")]
    private static partial Regex Extension();

    [GeneratedRegex(@"\benum\s+\w+[^{;]*\{[^}]*\}")]
    private static partial Regex EnumBody();

    /// <summary>What is declared there may be called like a type, and is none.</summary>
    [GeneratedRegex(@"(?<=[{,\]]\s*)[A-Z]\w*(?=\s*[,=}])")]
    private static partial Regex EnumMember();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?:\s*\.\s*[A-Z]\w*)*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\.\s*([A-Z]\w*)\s*[(<]")]
    private static partial Regex Call();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
