using System.Text;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>Names that are passed over in a directory, and in those below.</summary>
internal sealed class ExcludedNames
{
    private readonly Dictionary<byte[], ExcludedNames> _below = new(NameComparer.Instance);
    private bool _isExcluded;

    public static ExcludedNames? Of(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            return null;
        }

        var root = new ExcludedNames();
        foreach (string path in paths)
        {
            ExcludedNames at = root;
            foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                byte[] key = NameBytes.WithZero(Encoding.UTF8.GetBytes(name));
                if (!at._below.TryGetValue(key, out ExcludedNames? next))
                {
                    at._below.Add(key, next = new ExcludedNames());
                }

                at = next;
            }

            if (ReferenceEquals(at, root))
            {
                throw new ArgumentException($"'{path}' excludes the whole tree; leave the tree out instead.", nameof(paths));
            }

            at._isExcluded = true;
        }

        return root;
    }

    /// <summary>Whether a name is passed over.</summary>
    /// <param name="name">With a zero.</param>
    /// <param name="below">What is passed over in it, if it is not.</param>
    public bool Has(ReadOnlySpan<byte> name, out ExcludedNames? below) =>
        _below.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out below) && below._isExcluded;
}
