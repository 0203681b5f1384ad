using System.Diagnostics;

namespace LiveMigration.Moves;

/// <summary>The secret of one migration, in a file that both hosts see.</summary>
public sealed class SecretFile : IDisposable
{
    private SecretFile(string path) => Path = path;

    public string Path { get; }

    public static async Task<SecretFile> CreateAsync(SceneOptions options, CancellationToken cancellationToken)
    {
        using Process agent = Process.Start(new ProcessStartInfo(options.Agent, ["secret"]) { RedirectStandardOutput = true })!;
        string secret = await agent.StandardOutput.ReadToEndAsync(cancellationToken);
        await agent.WaitForExitAsync(cancellationToken);
        string path = System.IO.Path.Combine(options.Repository, "artifacts", "demo", System.IO.Path.GetRandomFileName());
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, secret, cancellationToken);
        return new SecretFile(path);
    }

    public void Dispose() => File.Delete(Path);
}
