using U2CMigration.Containers.Bundles;

namespace U2CMigration.Containers.Tests.Bundles;

/// <summary>A bundle with a configuration of its own.</summary>
internal sealed class TemporaryBundle : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-bundle-").FullName;

    public TemporaryBundle(string configuration) => File.WriteAllText(Path.Combine(_directory, "config.json"), configuration);

    public string Location => _directory;

    public Bundle Read() => Bundle.Read(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
