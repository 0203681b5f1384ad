namespace U2CMigration.Criu.IntegrationTests;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("u2c-criu-").FullName;

    public string MakeDirectory(string name) => Directory.CreateDirectory(this[name]).FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
