using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>The services of the demo, as people try them: there and back with the clients of the tests above. Too long for every run: <c>eng/test.sh --filter services</c>.</summary>
[Collection<ServiceCollection>]
public sealed class ServiceDemoTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgresql")]
    [InlineData("mariadb")]
    [InlineData("nginx")]
    [InlineData("nodejs")]
    [InlineData("jvm")]
    [InlineData("aspnet")]
    [InlineData("gunicorn")]
    [InlineData("build")]
    public async Task Demo_Service_IsSoundThereAndBack(string workload) => await ServiceDemo.MoveAsync(workload, migrations: 2, Cancellation);
}
