using System.Text.RegularExpressions;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.CriuOptions;

/// <summary>The log that a failure names: it is there for whoever reads the failure, and for root alone.</summary>
internal static class KeptLog
{
    public static async Task<string> CheckAsync(Rig rig, string host, string said, string ending, CancellationToken cancellationToken)
    {
        string path = Regex.Match(said, @"/run/u2cmigration/[0-9a-f]{32}[a-z.-]*\.log").Value;
        path.Should().EndWith(ending, $"it said {said}");
        string found = (await rig.ExecAsync(host, ["sh", "-c", $"stat -c %a {path} && cat {path}"], cancellationToken)).Successful();
        found.Should().StartWith("600\n").And.Contain("Error (");
        return found;
    }
}
