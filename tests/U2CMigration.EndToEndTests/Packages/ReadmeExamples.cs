using System.Text.RegularExpressions;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Packages;

/// <summary>Makes one program of the examples in the README and the docs, as a reader would: the README's first receives, its second sends.</summary>
internal static partial class ReadmeExamples
{
    public static string Program()
    {
        string[] examples = [.. Of("README.md"), .. Of("docs/prediction.md")];
        examples.Should().HaveCount(3, "the README has one example for each side, and the prediction is shown by itself");
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
            else if (args[0] == "predict")
            {
                string path = args[1];
                {{Body(examples[2])}}
            }
            else
            {
                int processId = int.Parse(args[1]);
                IProgress<MigrationProgress>? progress = null;
                {{Body(examples[1])}}
            }
            """.Replace("File.ReadAllText(\"/root/web.secret\")", "\"bm90IHNlY3JldCBpbiBhIHRlc3Qgb2YgZXhhbXBsZXM=\"", StringComparison.Ordinal).Replace("10.0.0.7/24@eth0", $"{Rig.ServiceAddress}/24@eth0", StringComparison.Ordinal).Replace("host-b", Rig.AddressOfB, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Of(string document) => CodeBlock().Matches(File.ReadAllText(RepositoryRoot.File(document))).Select(match => match.Groups[1].Value);

    private static string Body(string example) => string.Join('\n', example.Split('\n').Where(line => !IsUsing(line)));

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal);

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
