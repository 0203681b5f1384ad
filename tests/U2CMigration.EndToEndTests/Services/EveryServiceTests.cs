using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>All of them, five times there and back, and those whose usual settings cannot be moved. Too long for every run: <c>eng/test.sh --filter services</c>.</summary>
public sealed class EveryServiceTests(ServicesRig fixture) : ServiceTest(fixture)
{
    private const int Rounds = 5;

    [Theory]
    [Shows(Kind.Services, "nginx, Apache, Node.js, JVM, Redis and all of the other services, five times there and back", Outcome.Moved, Because = "Only when asked for: eng/test.sh --filter services.")]
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
    [Shows(Kind.Services, "PostgreSQL, MariaDB, Node.js, JVM and ASP.NET Core on an overlay, as installed", Outcome.Refused, Because = "Only when asked for: eng/test.sh --filter services.", Remedy = "Use the settings of [services.md](services.md).")]
    [InlineData("postgresql", "default-memory", "System V memory")]
    [InlineData("mariadb", "default-io", "io_uring")]
    [InlineData("node", "default", "io_uring")]
    [InlineData("jvm", "default", "hsperfdata")]
    [InlineData("aspnet", "overlay", "watch")]
    public async Task Move_UsualSettingsThatCannotMove_IsRefusedWithTheReasonAndGoesOn(string name, string variant, string reason) => await RefuseAsync(name, variant, reason);
}
