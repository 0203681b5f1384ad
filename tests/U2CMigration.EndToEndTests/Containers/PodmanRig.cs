using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>A rig whose hosts have podman, shared by its tests.</summary>
public sealed class PodmanRig : IAsyncLifetime
{
    private Rig? _rig;

    // A skip belongs into a test, not into its fixture: what cannot be brought up is brought up by the first test, which then says why.
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The rig; skips the test where podman is not installed.</summary>
    internal async Task<Rig> UpAsync(CancellationToken cancellationToken)
    {
        Requires.Podman();
        return _rig ??= await Rig.UpWithPodmanAsync("podman", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
        {
            await _rig.DisposeAsync();
        }
    }
}
