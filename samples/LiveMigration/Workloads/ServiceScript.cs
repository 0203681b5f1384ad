using System.Globalization;

namespace LiveMigration.Workloads;

/// <summary>A service of eng/services, which brings its own client; the end-to-end tests move the same ones.</summary>
/// <param name="Name">The name of its script.</param>
/// <param name="Variant">Which of its settings.</param>
public sealed record ServiceScript(string Name, string Variant)
{
    public string Path(string repository) => System.IO.Path.Combine(repository, "eng", "services", $"{Name}.sh");

    /// <summary>A command line with the environment that the script needs before it.</summary>
    public IReadOnlyList<string> Within(SceneOptions scene, params IReadOnlyList<string> command) =>
    [
        "env",
        $"SERVICE_DIR={scene.ServiceDirectory}",
        $"SERVICE_VARIANT={Variant}",
        $"SERVICE_MIB={scene.MemoryMib.ToString(CultureInfo.InvariantCulture)}",
        $"ASPNET_PROGRAM={System.IO.Path.Combine(scene.Repository, "artifacts", "samples", "MinimalApi", "MinimalApi.dll")}",
        .. command,
    ];

    /// <summary>The command line that starts it.</summary>
    public IReadOnlyList<string> Start(SceneOptions scene) => Within(scene, "bash", Path(scene.Repository), "start");
}
