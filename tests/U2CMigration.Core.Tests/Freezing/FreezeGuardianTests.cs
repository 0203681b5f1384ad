using System.Diagnostics;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Guardians;

namespace U2CMigration.Core.Tests.Freezing;

public sealed class FreezeGuardianTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    /// <summary>Not this process, whose sockets, and those of the programs of other tests, a guardian would look into for seconds.</summary>
    private readonly Process _workload = Process.Start("sleep", "60");

    public void Dispose()
    {
        File.Delete(_file);
        _workload.Kill();
        _workload.Dispose();
    }

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

    private Guardian Start() => Guardian.Start("test", FreezeGuardian.UndoOf(_file, "0", _workload.Id, null));
}
