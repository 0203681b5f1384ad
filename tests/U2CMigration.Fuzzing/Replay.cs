using System.Globalization;

namespace U2CMigration.Fuzzing;

/// <summary>Runs inputs from files.</summary>
internal static class Replay
{
    /// <returns>The exit code: 1 when an exception came out of any.</returns>
    public static int Run(IFuzzTarget target, IEnumerable<string> paths)
    {
        int bad = 0;
        int all = 0;
        foreach (string path in paths.SelectMany(static path => Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal) : (IEnumerable<string>)[path]))
        {
            all++;
            try
            {
                Bounded.Run(target, File.ReadAllBytes(path));
            }
            catch (Exception e)
            {
                bad++;
                Console.WriteLine($"{target.Name}: {path}: {e}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {all} inputs, {bad} bad"));
        return bad == 0 ? 0 : 1;
    }
}
