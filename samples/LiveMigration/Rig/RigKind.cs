using System.Globalization;

namespace LiveMigration.Rig;

/// <summary>What the hosts are made of. Each kind has a script in <c>eng/</c> that takes the same commands.</summary>
/// <param name="Script">The name of the script.</param>
/// <param name="UpOptions">What its command <c>up</c> is given besides.</param>
/// <param name="HasOwnClocks">Whether each host has clocks of its own, which the script's command <c>clock</c> compares with those of here.</param>
/// <param name="Description">What a user is told that is brought up.</param>
public sealed record RigKind(string Script, IReadOnlyList<string> UpOptions, bool HasOwnClocks, string Description)
{
    /// <summary>Namespaces of this machine, on its kernel.</summary>
    public static RigKind Namespaces { get; } = new("testbed.sh", [], HasOwnClocks: false, "two hosts and a client");

    /// <summary>The same with PostgreSQL and the other services in the hosts.</summary>
    /// <exception cref="IOException">Emulated machines do not have them.</exception>
    public RigKind WithServices() => HasOwnClocks
        ? throw new IOException("Services are not installed in emulated machines: choose another workload, or hosts that are namespaces (--rig namespaces).")
        : this with { UpOptions = [.. UpOptions, "--services"] };

    /// <summary>The same with podman in the hosts.</summary>
    public RigKind WithPodman() => this with { UpOptions = [.. UpOptions, "--podman"] };

    /// <summary>Emulated machines with kernels of their own.</summary>
    /// <param name="kernel">The version of the kernel, as <c>eng/vm.sh --help</c> lists them.</param>
    /// <param name="criu">The version of CRIU.</param>
    /// <param name="delayMs">How long what a machine sends is delayed.</param>
    public static RigKind Machines(string kernel, string criu, int delayMs) => new(
        "vm.sh",
        ["--kernel", kernel, "--criu", criu, "--delay-ms", delayMs.ToString(CultureInfo.InvariantCulture)],
        HasOwnClocks: true,
        $"two emulated machines with kernel {kernel}, and a client");
}
