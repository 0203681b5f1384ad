using System.Text.RegularExpressions;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Packages;

/// <summary>Makes one program of the two examples in the README, as a reader would: the first receives, the second sends.</summary>
internal static partial class ReadmeExamples
{
    public static string Program()
    {
        string readme = File.ReadAllText(RepositoryRoot.File("README.md"));
        string[] examples = [.. CodeBlock().Matches(readme).Select(match => match.Groups[1].Value)];
        examples.Should().HaveCount(2, "the README has one example for each side");
        IEnumerable<string> lines = examples.SelectMany(example => example.Split('\n')).Where(IsUsing).Distinct();
        return $$"""
            {{string.Join('\n', lines)}}
            using U2CMigration.Core.Progress;

            CancellationToken cancellationToken = CancellationToken.None;
            if (args[0] == "receive")
            {
                {{Body(examples[0])}}
                Console.WriteLine($"arrived {web.RootProcessId}");
            }
            else
            {
                int processId = int.Parse(args[1]);
                IProgress<MigrationProgress>? progress = null;
                {{Body(examples[1])}}
            }
            """.Replace("10.0.0.7/24@eth0", $"{Rig.ServiceAddress}/24@eth0", StringComparison.Ordinal).Replace("host-b", Rig.AddressOfB, StringComparison.Ordinal);
    }

    private static string Body(string example) => string.Join('\n', example.Split('\n').Where(line => !IsUsing(line)));

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal);

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
