using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images.Timers;

public sealed class IntervalTimerImageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void ReadSingle_TimersOfAProcess_AreThoseThatFireOnce()
    {
        ImageSet.WriteTree(Path.Combine(_directory.Path, "pstree.img"), 7);
        var timers = new TaskTimersEntry
        {
            Real = new IntervalTimerEntry { Vsec = 30, Vusec = 5 },
            Virt = new IntervalTimerEntry { Isec = 1, Vsec = 1 },
            Prof = new IntervalTimerEntry(),
        };
        ImageSet.Write(Path.Combine(_directory.Path, "core-7.img"), [ImageMagic.Common, ImageMagic.Core], new CoreEntry { Tc = new TaskCoreEntry { Timers = timers } });

        IntervalTimerImage.ReadSingle(new ImageDirectory(_directory.Path)).Should().Equal(new IntervalTimer(7, 0, TimeSpan.FromSeconds(30) + TimeSpan.FromMicroseconds(5)));
    }

    [Fact]
    public void ReadSingle_MoreMicrosecondsThanASecondHas_IsDamage()
    {
        ImageSet.WriteTree(Path.Combine(_directory.Path, "pstree.img"), 7);
        var timers = new TaskTimersEntry { Real = new IntervalTimerEntry { Vusec = ulong.MaxValue } };
        ImageSet.Write(Path.Combine(_directory.Path, "core-7.img"), [ImageMagic.Common, ImageMagic.Core], new CoreEntry { Tc = new TaskCoreEntry { Timers = timers } });

        FluentActions.Invoking(() => IntervalTimerImage.ReadSingle(new ImageDirectory(_directory.Path))).Should().Throw<CriuException>().WithMessage("*core-7.img*microseconds*");
    }

    public void Dispose() => _directory.Dispose();
}
