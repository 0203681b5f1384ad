namespace U2CMigration.EndToEndTests.Services;

/// <summary>All of them, five times there and back, and those whose usual settings cannot be moved. Too long for every run: <c>eng/test.sh --filter services</c>.</summary>
public sealed class EveryServiceTests(ServicesRig fixture) : ServiceTest(fixture)
{
    private const int Rounds = 5;

    [Theory]
    [InlineData("postgresql", "kept", 1024)]
    [InlineData("mariadb", "moved", 256)]
    [InlineData("nginx", "", null)]
    [InlineData("apache", "", null)]
    [InlineData("node", "filtered", null)]
    [InlineData("jvm", "g1", 128)]
    [InlineData("jvm", "zgc", 128)]
    [InlineData("aspnet", "server", 128)]
    [InlineData("aspnet", "default", 128)]
    [InlineData("gunicorn", "", null)]
    [InlineData("redis", "filtered", null)]
    [InlineData("build", "", null)]
    public async Task Move_FiveTimesThereAndBack_EveryAnswerIsRight(string name, string variant, int? mebibytes) => await MoveThereAndBackAsync(name, variant, Rounds, mebibytes);

    [Fact]
    public async Task Move_ClientsConnectAllTheTime_NoneWaitsForEver() => await MoveThereAndBackAsync("postgresql", "connection-each", Rounds);

    [Theory]
    [InlineData("postgresql", "default-memory", "System V memory")]
    [InlineData("mariadb", "default-io", "io_uring")]
    [InlineData("node", "default", "io_uring")]
    [InlineData("jvm", "default", "hsperfdata")]
    [InlineData("aspnet", "overlay", "watch")]
    public async Task Move_UsualSettingsThatCannotMove_IsRefusedWithTheReasonAndGoesOn(string name, string variant, string reason) => await RefuseAsync(name, variant, reason);
}
