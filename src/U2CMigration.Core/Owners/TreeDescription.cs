namespace U2CMigration.Core.Owners;

/// <summary>What is told of a process tree to the one who will have it on the destination.</summary>
/// <remarks>It travels in the requirements of the offer, so that a destination which does not know such trees refuses.</remarks>
/// <param name="Kind">The kind of owner, for example <c>crun</c>.</param>
/// <param name="Name">The name under which the owner knows it.</param>
public sealed record TreeDescription(string Kind, string Name)
{
    private const string Prefix = "owned-tree:";
    private const string KindKey = "kind";
    private const string NameKey = "name";
    private const string PropertyKey = "property";
    private const string NetworkKey = "network";
    private const string OwnNetwork = "own";

    /// <summary>What else this kind of owner needs, by a name that it knows. A name has no '='; a name and its text have at most 4,000 bytes, and there are at most 100.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it brings a network of its own: no address of the host moves with it.</summary>
    /// <value>Default: false.</value>
    public bool HasOwnNetwork { get; init; }

    /// <summary>A property.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its text; empty where it has none.</returns>
    public string Property(string name) => Properties.GetValueOrDefault(name, string.Empty);

    /// <inheritdoc/>
    public override string ToString() => $"container {Name} of {Kind}";

    internal static bool IsPart(string requirement) => requirement.StartsWith(Prefix, StringComparison.Ordinal);

    internal IEnumerable<string> ToRequirements() =>
    [
        $"{Prefix}{KindKey}={Kind}",
        $"{Prefix}{NameKey}={Name}",
        .. HasOwnNetwork ? (string[])[$"{Prefix}{NetworkKey}={OwnNetwork}"] : [],
        .. Properties.Select(static property => $"{Prefix}{PropertyKey}={property.Key}={property.Value}"),
    ];

    /// <summary>The description in an offer; null where the tree has no owner.</summary>
    internal static TreeDescription? Parse(IEnumerable<string> requirements)
    {
        string kind = string.Empty;
        string name = string.Empty;
        bool hasOwnNetwork = false;
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string requirement in requirements.Where(IsPart))
        {
            switch (requirement[Prefix.Length..].Split('=', 2))
            {
                case [KindKey, var value]:
                    kind = value;
                    break;
                case [NameKey, var value]:
                    name = value;
                    break;
                case [NetworkKey, OwnNetwork]:
                    hasOwnNetwork = true;
                    break;
                case [PropertyKey, var value] when value.Split('=', 2) is [var key, var text]:
                    properties[key] = text;
                    break;
            }
        }

        return kind.Length == 0 ? null : new TreeDescription(kind, name) { Properties = properties, HasOwnNetwork = hasOwnNetwork };
    }
}
