using System.Globalization;
using U2CMigration.Core.Owners;
using U2CMigration.Files;

namespace U2CMigration.Containers.CarriedFiles;

/// <summary>A directory tree of a container that travels, as both hosts know it.</summary>
/// <param name="Name">Where the container sees it: <c>/</c>, or a mount point.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Identity">Which directory it is on the source.</param>
internal sealed record CarriedTree(string Name, FileTreeKind Kind, string Identity)
{
    public const string Root = "/";

    /// <summary>What a description can carry, with what else is in it.</summary>
    public const int Most = 80;

    private const string KeyPrefix = "tree:";

    /// <summary>Which property of the description it is.</summary>
    public static string Key(int index) => string.Create(CultureInfo.InvariantCulture, $"{KeyPrefix}{index}");

    /// <summary>Those that a source describes, which is not to be trusted.</summary>
    /// <exception cref="IOException">They make no sense.</exception>
    public static IReadOnlyList<CarriedTree> Of(TreeDescription tree)
    {
        var trees = new List<CarriedTree>();
        for (int i = 0; tree.Property(Key(i)) is { Length: > 0 } text; i++)
        {
            trees.Add(text.Split(' ', 3) is [var kind, var identity, ['/', ..] name] && Enum.TryParse(kind, out FileTreeKind known) && Enum.IsDefined(known) && trees.All(one => one.Name != name)
                ? new CarriedTree(name, known, identity)
                : throw new IOException($"The source describes the files of the container {tree.Name} in a way that is not known here. Update this host."));
        }

        return trees;
    }

    public string ToProperty() => $"{Kind} {(Identity.Length == 0 ? "-" : Identity)} {Name}";
}
