namespace U2CMigration.Core.Freezing;

/// <summary>The cgroup freezer, version 1 (<c>freezer.state</c>) or 2 (<c>cgroup.freeze</c>, kernel 5.2).</summary>
internal sealed class CgroupFreezer(string directory, bool isVersion2, TimeSpan timeout)
{
    /// <summary>A task that sleeps uninterruptibly (a stuck network file system, for example) can not be frozen; 10 s is also CRIU's patience.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public string Name => isVersion2 ? "cgroup-v2" : "cgroup-v1";

    public string CgroupDirectory => directory;

    public string ThawFile => Path.Combine(directory, isVersion2 ? "cgroup.freeze" : "freezer.state");

    public string ThawWord => isVersion2 ? "0" : "THAWED";

    public void Freeze(CancellationToken cancellationToken)
    {
        Write(isVersion2 ? "1" : "FROZEN");
        long start = TimeProvider.System.GetTimestamp();
        while (!IsFrozen())
        {
            if (cancellationToken.IsCancellationRequested || TimeProvider.System.GetElapsedTime(start) > timeout)
            {
                Thaw();
                cancellationToken.ThrowIfCancellationRequested();
                throw new IOException(
                    $"The tasks in {directory} did not freeze within {timeout.TotalSeconds:0} s; one of them probably sleeps uninterruptibly (state D in ps).");
            }

            if (!isVersion2)
            {
                // Version 1 only completes the transition when asked again.
                Write("FROZEN");
            }

            Thread.Yield();
        }
    }

    public void Thaw() => Write(ThawWord);

    private bool IsFrozen() => isVersion2
        ? File.ReadAllText(Path.Combine(directory, "cgroup.events")).Contains("frozen 1", StringComparison.Ordinal)
        : File.ReadAllText(Path.Combine(directory, "freezer.state")).StartsWith("FROZEN", StringComparison.Ordinal);

    private void Write(string state) => File.WriteAllText(ThawFile, state);
}
