namespace U2CMigration.EndToEndTests.Services;

/// <summary>Services that people run, moved there and back under load.</summary>
public sealed class ServiceTests(ServicesRig fixture) : ServiceTest(fixture)
{
    [Theory]
    [InlineData("postgresql", "kept")]
    [InlineData("postgresql", "connection-each")]
    [InlineData("mariadb", "moved")]
    [InlineData("nginx", "")]
    [InlineData("node", "filtered")]
    [InlineData("jvm", "g1")]
    [InlineData("aspnet", "server")]
    [InlineData("gunicorn", "")]
    [InlineData("build", "")]
    public async Task Move_ThereAndBackUnderLoad_EveryAnswerIsRight(string name, string variant) => await MoveThereAndBackAsync(name, variant, rounds: 1);
}
