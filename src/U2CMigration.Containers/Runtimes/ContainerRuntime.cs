using System.Runtime.InteropServices;

namespace U2CMigration.Containers.Runtimes;

/// <summary>A container runtime: how it is called.</summary>
/// <remarks>runc and crun take the same words; podman has words of its own, and calls one of the two.</remarks>
public sealed class ContainerRuntime
{
    private const string CriuLibrary = "libcriu.so.2";

    private readonly bool _needsLibrary;

    private ContainerRuntime(string kind, bool needsLibrary)
    {
        Kind = Program = kind;
        _needsLibrary = needsLibrary;
    }

    /// <summary>runc, 1.1 or newer.</summary>
    public static ContainerRuntime Runc { get; } = new("runc", needsLibrary: false);

    /// <summary>crun, 1.21 or newer, which needs the library <c>libcriu.so.2</c>.</summary>
    public static ContainerRuntime Crun { get; } = new("crun", needsLibrary: true);

    /// <summary>podman, 5.4 or newer, with crun or runc below it.</summary>
    public static ContainerRuntime Podman { get; } = new("podman", needsLibrary: false);

    /// <summary>All.</summary>
    public static IReadOnlyList<ContainerRuntime> All => [Runc, Crun, Podman];

    /// <summary>Its name, which is the same on both hosts.</summary>
    public string Kind { get; }

    /// <summary>The program: a name that is looked for in PATH.</summary>
    internal string Program { get; }

    /// <inheritdoc/>
    public override string ToString() => Kind;

    /// <summary>A runtime by its name.</summary>
    /// <param name="kind">Its name.</param>
    /// <returns>The runtime; null where it is not known.</returns>
    public static ContainerRuntime? Find(string kind) => All.FirstOrDefault(runtime => runtime.Kind == kind);

    /// <summary>Why it cannot make checkpoints on this host, a sentence each.</summary>
    internal IReadOnlyList<string> Problems()
    {
        if (RuntimeCommand.Find(Program) is null)
        {
            return [$"{Kind} is not on this host (there is no program '{Program}' in PATH). Install it."];
        }

        if (!_needsLibrary)
        {
            return [];
        }

        if (!NativeLibrary.TryLoad(CriuLibrary, out nint library))
        {
            return [$"{Kind} calls CRIU through {CriuLibrary}, which is not on this host. Install it (Debian: libcriu2)."];
        }

        NativeLibrary.Free(library);
        return [];
    }
}
