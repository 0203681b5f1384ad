using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>A rig whose hosts have the services, shared by their tests.</summary>
public sealed class ServicesRig : IAsyncLifetime
{
    private Rig? _rig;

    internal Rig Rig => _rig ?? throw new InvalidOperationException("The rig is not up.");

    // A skip belongs into a test, not into its fixture: what can not be brought up is brought up by the first test, which then says why.
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The rig; skips the test where the services are not installed.</summary>
    internal async Task<Rig> UpAsync(CancellationToken cancellationToken)
    {
        Requires.Services();
        return _rig ??= await Rig.UpWithServicesAsync("services", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
        {
            await _rig.DisposeAsync();
        }
    }
}
