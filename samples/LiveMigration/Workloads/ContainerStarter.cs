using System.Globalization;
using LiveMigration.Rig;

namespace LiveMigration.Workloads;

/// <summary>Starts a workload in a container, in the network of its host; both hosts get its files, as a bundle or as an image.</summary>
/// <param name="testbed">The hosts.</param>
/// <param name="runtime">runc, crun or podman.</param>
public sealed class ContainerStarter(Testbed testbed, string runtime)
{
    /// <summary>The name of the container.</summary>
    public const string Name = "demo";

    /// <summary>What the program needs, from the files of the host.</summary>
    private const string MakeFiles = """
        set -eu
        program=$(command -v "$2")
        mkdir -p "$1" && cd "$1"
        mkdir -p etc proc sys dev tmp var/lib/redis
        cp /etc/passwd etc/
        for file in "$program" $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
            mkdir -p ".${file%/*}"
            [ -e ".$file" ] || cp -pL "$file" ".$file"
        done
        echo "$program"
        """;

    private const string StartBundle = """
        set -eu
        cd "$1"
        "$2" run -d demo </dev/null >/dev/null 2>&1
        "$2" state demo | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p'
        """;

    private const string Bundle = "/srv/demo";

    /// <summary>Starts it in a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="other">The other one.</param>
    /// <param name="repository">The checkout, which both hosts see.</param>
    /// <param name="command">The command line of the workload.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its process id as the host numbers it.</returns>
    public async Task<int> StartAsync(Host host, Host other, string repository, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        string program = await FilesAsync(host, command[0], cancellationToken);
        string started = runtime == "podman"
            ? await StartPodmanAsync(host, other, Path.Combine(repository, "artifacts", $"demo-image-{Environment.ProcessId}.tar"), [program, .. command.Skip(1)], cancellationToken)
            : await StartRuntimeAsync(host, other, [program, .. command.Skip(1)], cancellationToken);
        return int.Parse(started.Trim(), CultureInfo.InvariantCulture);
    }

    private async Task<string> FilesAsync(Host host, string program, CancellationToken cancellationToken) =>
        (await testbed.RunAsync(host, ["sh", "-c", MakeFiles, "sh", $"{Bundle}/rootfs", program], cancellationToken)).Trim();

    private async Task<string> StartRuntimeAsync(Host host, Host other, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await FilesAsync(other, command[0], cancellationToken);
        foreach (Host each in (Host[])[host, other])
        {
            await testbed.RunAsync(each, ["sh", "-c", "printf '%s' \"$2\" >\"$1/config.json\"", "sh", Bundle, ContainerConfiguration.Of(command)], cancellationToken);
        }

        return await testbed.RunAsync(host, ["sh", "-c", StartBundle, "sh", Bundle, runtime], cancellationToken);
    }

    private async Task<string> StartPodmanAsync(Host host, Host other, string archive, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        try
        {
            await testbed.RunAsync(host, ["sh", "-c", $"tar -C {Bundle}/rootfs -c . | podman import - demo && podman save --output {archive} demo"], cancellationToken);

            // Imported there as well it would be another image.
            await testbed.RunAsync(other, ["podman", "load", "--input", archive], cancellationToken);
        }
        finally
        {
            File.Delete(archive);
        }

        await testbed.RunAsync(host, ["podman", "run", "--detach", "--network", "host", "--name", Name, "demo", .. command], cancellationToken);
        return await testbed.RunAsync(host, ["podman", "container", "inspect", "--format", "{{.State.Pid}}", Name], cancellationToken);
    }
}
