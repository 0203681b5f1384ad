using System.Diagnostics;
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

        File.ReadAllText(_file).Should().Be("0\n");
    }

    [Fact]
    public void EndOfInput_Settled_UndoesNothing()
    {
        Guardian guardian = Start();
        guardian.Tell(FreezeGuardian.Settled);

        guardian.Dispose();

        File.ReadAllText(_file).Should().BeEmpty();
    }

    [Fact]
    public void Tell_GuardianKilled_IsNoFailureOfTheMigration()
    {
        using Guardian guardian = Start();
        using (Process process = Process.GetProcessById(guardian.ProcessId))
        {
            process.Kill();
            process.WaitForExit();
        }

        FluentActions.Invoking(() => guardian.Tell(FreezeGuardian.Settled)).Should().NotThrow();
    }

    private Guardian Start() => Guardian.Start("test", FreezeGuardian.Script, _file, "0");
}
