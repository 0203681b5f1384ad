using U2CMigration.Criu.Options;

namespace U2CMigration.Criu.IntegrationTests;

/// <summary>A directory per test, and options that suit it.</summary>
public abstract class CriuTestBase : IDisposable
{
    private protected TemporaryDirectory Directory { get; } = new();

    private protected static CancellationToken Limit => CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token).Token;

    public void Dispose()
    {
        Directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected CriuDumpOptions Dump(TargetProcess target, string name = "images") => new()
    {
        ProcessId = target.ProcessId,
        ImagesDirectory = Directory.MakeDirectory(name),
        CgroupMode = CriuCgroupMode.Ignore,
        NetworkLock = CriuNetworkLock.Skip,
    };

    private protected CriuRestoreOptions Restore(string name = "images") => new()
    {
        ImagesDirectory = Directory[name],
        CgroupMode = CriuCgroupMode.Ignore,
        NetworkLock = CriuNetworkLock.Skip,
    };
}
