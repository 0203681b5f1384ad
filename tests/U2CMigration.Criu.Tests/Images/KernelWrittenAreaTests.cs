using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class KernelWrittenAreaTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>CRIU has left what happened to be in its memory in place of the number of the thread.</summary>
    [Fact]
    public void ReadKernelWrittenAreas_ProcessThatHasEnded_HasNone() =>
        new ImageDirectory(_directory.Path).ReadKernelWrittenAreas(new ImageTask(5, 1, 5, 5, [-758_120_592])).Should().BeEmpty();
}
