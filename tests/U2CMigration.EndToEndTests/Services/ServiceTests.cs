using U2CMigration.Testing.Showing;
namespace U2CMigration.EndToEndTests.Services;

/// <summary>Services that people run, moved there and back under load: a process for each session, file locks, a runtime that compiles, workers that share memory, children that come and go.</summary>
public sealed class ServiceTests(ServicesRig fixture) : ServiceTest(fixture)
{
    [Theory]
    [Shows(Kind.Services, "PostgreSQL, MariaDB, ASP.NET Core, gunicorn, a build with make, under load, there and back", Outcome.Moved, Because = "With the settings of [services.md](services.md).")]
    [Shows(Kind.Memory, "System V shared memory in an IPC namespace of the workload's own", Outcome.Moved, Because = "PostgreSQL shows it.")]
    [InlineData("postgresql", "kept")]
    [InlineData("mariadb", "moved")]
    [InlineData("aspnet", "server")]
    [InlineData("gunicorn", "")]
    [InlineData("build", "")]
    public async Task Move_ThereAndBackUnderLoad_EveryAnswerIsRight(string name, string variant) => await MoveThereAndBackAsync(name, variant, rounds: 1);

    [Fact]
    public async Task Demo_Nginx_IsSound() => await ServiceDemo.MoveAsync("nginx", migrations: 1, Cancellation);
}
