namespace U2CMigration.EndToEndTests.Services;

/// <summary>Services that people run, moved there and back under load: a process for each session, file locks, a runtime that compiles, workers that share memory, children that come and go.</summary>
public sealed class ServiceTests(ServicesRig fixture) : ServiceTest(fixture)
{
    [Theory]
    [InlineData("postgresql", "kept")]
    [InlineData("mariadb", "moved")]
    [InlineData("aspnet", "server")]
    [InlineData("gunicorn", "")]
    [InlineData("build", "")]
    public async Task Move_ThereAndBackUnderLoad_EveryAnswerIsRight(string name, string variant) => await MoveThereAndBackAsync(name, variant, rounds: 1);

    [Fact]
    public async Task Demo_Nginx_IsSound() => await ServiceDemo.MoveAsync("nginx", migrations: 1, Cancellation);
}
