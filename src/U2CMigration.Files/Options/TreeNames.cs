using System.Text;

namespace U2CMigration.Files;

/// <summary>Names of trees.</summary>
internal static class TreeNames
{
    public const int MostBytes = 4096;

    public static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(name);

    public static void Check(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (name.Length == 0 || Bytes(name).Length > MostBytes)
            {
                throw new ArgumentException($"The name of a tree has 1 to {MostBytes} bytes; this has {Bytes(name).Length}.", nameof(names));
            }

            if (!seen.Add(name))
            {
                throw new ArgumentException($"Two trees have the name '{name}'; each needs one of its own.", nameof(names));
            }
        }
    }
}
