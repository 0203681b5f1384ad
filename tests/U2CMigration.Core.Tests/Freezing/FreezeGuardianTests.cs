using U2CMigration.Core.Freezing;
using U2CMigration.Core.Guardians;

namespace U2CMigration.Core.Tests.Freezing;

public sealed class FreezeGuardianTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void EndOfInput_ToldNothing_Undoes()
    {
        Guardian guardian = Start();

        guardian.Dispose();

        File.ReadAllText(_file).Should().Be("0");
    }

    [Fact]
    public void EndOfInput_Settled_UndoesNothing()
    {
        Guardian guardian = Start();
        guardian.Settle();

        guardian.Dispose();

        File.ReadAllText(_file).Should().BeEmpty();
    }

    private Guardian Start() => Guardian.Start("test", FreezeGuardian.UndoOf(_file, "0", Environment.ProcessId, null));
}
