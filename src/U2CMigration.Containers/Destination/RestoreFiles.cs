using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;
using U2CMigration.Criu.Stub;

namespace U2CMigration.Containers.Destination;

/// <summary>The files that a runtime needs for a restore.</summary>
internal sealed class RestoreFiles : IDisposable
{
    private readonly string _directory;
    private readonly string _stubElsewhere;

    private RestoreFiles(string directory, string stubElsewhere) => (_directory, _stubElsewhere) = (directory, stubElsewhere);

    /// <summary>Stands for the images of a checkpoint.</summary>
    public string Images => Path("images");

    public string Log => Path("log");

    /// <summary>What it writes to its standard error.</summary>
    public string Errors => Path("errors");

    public static RestoreFiles Create(RestorerSurroundings surroundings, TreeDescription tree)
    {
        var files = new RestoreFiles(System.IO.Path.Combine(surroundings.Directory, "runtime"), StubElsewhere(surroundings));
        Directory.CreateDirectory(files.Images);
        File.WriteAllText(System.IO.Path.Combine(files.Images, "inventory.img"), string.Empty);
        if (tree.Property(DescriptionKeys.Descriptors) is { Length: > 0 } descriptors)
        {
            File.WriteAllText(System.IO.Path.Combine(files.Images, "descriptors.json"), descriptors);
        }

        return files;
    }

    /// <summary>Makes what the runtime takes for CRIU: beside the images, or elsewhere where that is on /run and no program may be executed there.</summary>
    public CriuStub CreateStub(string criu)
    {
        try
        {
            return CriuStub.Create(Path("stub"), criu);
        }
        catch (IOException)
        {
            return CriuStub.Create(_stubElsewhere, criu);
        }
    }

    /// <summary>Where the stub is that could not be beside the images: a name that a later receiver knows as well.</summary>
    public static string StubElsewhere(RestorerSurroundings surroundings) => System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"u2c-stub-{surroundings.MigrationId:N}");

    /// <summary>A file of its own.</summary>
    public string Path(string name) => System.IO.Path.Combine(_directory, name);

    /// <summary>What the runtime has said.</summary>
    public string Said() => string.Join(' ', ((string[])[Log, Errors]).Where(File.Exists).Select(static file => File.ReadAllText(file).Trim())).Trim();

    public void Dispose()
    {
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The second time.
        }
    }
}
