using System.Net;
using U2CMigration.Core.Receiving;
using U2CMigration.Transport;

namespace U2CMigration.Core.Tests.Receiving;

/// <summary>Two receivers on one port would each get half of the offers, and two in one directory would settle each other's migrations.</summary>
public sealed class OneReceiverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Create_DirectoryOfAnotherReceiver_IsRefusedUntilThatHasEnded()
    {
        Func<MigrationReceiver> second = () => MigrationReceiver.Create(Options("one", 0));
        await using (second())
        {
            second.Should().Throw<IOException>().WithMessage($"*Another receiver*{_directory}*--work-directory*");
        }

        await second().DisposeAsync();
    }

    [Fact]
    public async Task Create_PortOfAnotherReceiver_IsRefusedAndItsDirectoryIsFreeAgain()
    {
        await using MigrationReceiver first = MigrationReceiver.Create(Options("one", 0));

        FluentActions.Invoking(() => MigrationReceiver.Create(Options("two", first.Endpoint.Port))).Should().Throw<TransportException>().WithMessage("*Cannot listen*another port*");

        await MigrationReceiver.Create(Options("two", 0)).DisposeAsync();
    }

    private MigrationReceiverOptions Options(string directory, int port) =>
        new() { Listen = new IPEndPoint(IPAddress.Loopback, port), WorkDirectory = Path.Combine(_directory, directory) };
}
