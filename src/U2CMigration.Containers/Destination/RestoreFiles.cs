using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;
using U2CMigration.Criu.Stub;

namespace U2CMigration.Containers.Destination;

/// <summary>The files that a runtime needs for a restore.</summary>
internal sealed class RestoreFiles : IDisposable
{
    private readonly string _directory;

    private RestoreFiles(string directory) => _directory = directory;

    /// <summary>Stands for the images of a checkpoint.</summary>
    public string Images => Path.Combine(_directory, "images");

    public string Log => Path.Combine(_directory, "log");

    public static RestoreFiles Create(RestorerSurroundings surroundings, TreeDescription tree)
    {
        var files = new RestoreFiles(Path.Combine(surroundings.Directory, "runtime"));
        Directory.CreateDirectory(files.Images);
        File.WriteAllText(Path.Combine(files.Images, "inventory.img"), string.Empty);
        if (tree.Property(DescriptionKeys.Descriptors) is { Length: > 0 } descriptors)
        {
            File.WriteAllText(Path.Combine(files.Images, "descriptors.json"), descriptors);
        }

        return files;
    }

    /// <summary>Makes what the runtime takes for CRIU: beside the images, or elsewhere where that is on /run and no program may be executed there.</summary>
    public CriuStub CreateStub(string criu)
    {
        try
        {
            return CriuStub.Create(Path.Combine(_directory, "stub"), criu);
        }
        catch (IOException)
        {
            return CriuStub.Create(Path.Combine(Path.GetTempPath(), $"u2c-stub-{Guid.NewGuid():N}"), criu);
        }
    }

    /// <summary>What the runtime has written into its log.</summary>
    public string Said() => File.Exists(Log) ? File.ReadAllText(Log).Trim() : string.Empty;

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
