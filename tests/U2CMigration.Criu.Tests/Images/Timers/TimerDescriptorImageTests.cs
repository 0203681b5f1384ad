using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images.Timers;

public sealed class TimerDescriptorImageTests : IDisposable
{
    private const uint Absolute = 1;
    private const uint CancelOnSet = 2;

    /// <summary>A quarter past a second.</summary>
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, 250, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Repair_PeriodicThatHasFiredUnread_IsOverdueAndNotStopped() => Repaired(new() { Ticks = 1, Isec = 0, Insec = 2_000_000 }).Vnsec.Should().Be(1);

    [Fact]
    public void Repair_OnceThatHasFiredUnread_StaysAsItIs() => Unchanged(new() { Ticks = 1 });

    [Fact]
    public void Repair_Stopped_StaysStopped() => Unchanged(new() { Isec = 1 });

    [Fact]
    public void Repair_Running_StaysAsItIs() => Unchanged(new() { Vsec = 3, Isec = 1, Ticks = 2 });

    [Theory]
    [InlineData(1u, 0ul)]
    [InlineData(1u, 5ul)]
    [InlineData(7u, 5ul)]
    [InlineData(0u, 5ul)]
    public void Repair_ByAbsoluteTime_IsByTheTimeLeft(uint clock, ulong left)
    {
        TimerDescriptorEntry repaired = Repaired(new() { Clockid = clock, SettimeFlags = Absolute, Vsec = left });

        (repaired.SettimeFlags, repaired.Vsec, repaired.Vnsec).Should().Be((0u, left, 0ul));
    }

    [Theory]
    [InlineData(5ul, 0ul, 5ul, 250_000_000ul)]
    [InlineData(5ul, 900_000_000ul, 6ul, 150_000_000ul)]
    public void Repair_OneThatHearsOfASetClock_StaysAbsoluteToTheFraction(ulong seconds, ulong nanoseconds, ulong expectedSeconds, ulong expectedNanoseconds)
    {
        TimerDescriptorEntry repaired = Repaired(new() { SettimeFlags = Absolute | CancelOnSet, Vsec = seconds, Vnsec = nanoseconds });

        (repaired.SettimeFlags, repaired.Vsec, repaired.Vnsec).Should().Be((Absolute | CancelOnSet, expectedSeconds, expectedNanoseconds));
    }

    [Fact]
    public void Repair_OtherFiles_StayAsTheyAre()
    {
        var socket = new FileEntry { Type = 4, Id = 8, Isk = new InetSocketEntry { Id = 8, SrcPort = 80 } };
        Write(new FileEntry { Type = 17, Id = 7, Tfd = new TimerDescriptorEntry { SettimeFlags = Absolute } }, socket);

        TimerDescriptorImage.Repair(new ImageDirectory(_directory.Path), Now).Should().Be(1);

        FilesImage.Read(new ImageDirectory(_directory.Path))[1].Should().Be(socket);
    }

    [Fact]
    public void Repair_NoTimers_WritesNothing()
    {
        Write(new FileEntry { Type = 1, Id = 1, Reg = new RegFileEntry { Name = "/file" } });
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(_directory.Path, "files.img"));

        TimerDescriptorImage.Repair(new ImageDirectory(_directory.Path), Now).Should().Be(0);

        File.GetLastWriteTimeUtc(Path.Combine(_directory.Path, "files.img")).Should().Be(written);
    }

    public void Dispose() => _directory.Dispose();

    private void Unchanged(TimerDescriptorEntry timer)
    {
        TimerDescriptorEntry before = timer.Clone();
        Repaired(timer).Should().Be(before);
    }

    private TimerDescriptorEntry Repaired(TimerDescriptorEntry timer)
    {
        Write(new FileEntry { Type = 17, Id = 7, Tfd = timer });
        TimerDescriptorImage.Repair(new ImageDirectory(_directory.Path), Now);
        return FilesImage.Read(new ImageDirectory(_directory.Path)).Single().Tfd;
    }

    private void Write(params FileEntry[] files) => ImageSet.Write(Path.Combine(_directory.Path, "files.img"), [ImageMagic.Common, ImageMagic.Files], files);
}
