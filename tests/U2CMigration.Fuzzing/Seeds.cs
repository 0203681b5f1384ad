using System.IO.Hashing;

namespace U2CMigration.Fuzzing;

/// <summary>Writes the inputs that a target begins with.</summary>
internal static class Seeds
{
    public static void Write(IFuzzTarget target, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (byte[] seed in target.Seeds())
        {
            // Named by content: the same seed is the same file in every run.
            File.WriteAllBytes(Path.Combine(directory, Convert.ToHexStringLower(XxHash64.Hash(seed))), seed);
        }
    }
}
