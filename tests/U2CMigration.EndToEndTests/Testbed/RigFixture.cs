using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Testbed;

/// <summary>One rig, up for as long as the tests that share it run.</summary>
public sealed class RigFixture : IAsyncLifetime
{
    private Rig? _rig;

    public Rig Rig => _rig ?? throw new InvalidOperationException("The rig is not up.");

    // A skip belongs into a test, not into its fixture: the tests declare the need, and without it there is no rig.
    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            _rig = await Rig.UpAsync("fixture");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
        {
            await _rig.DisposeAsync();
        }
    }
}
