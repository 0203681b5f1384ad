using U2CMigration.Criu.Options;

namespace U2CMigration.Criu.Tests.Options;

public sealed class CriuOptionsTests
{
    private static readonly CriuDumpOptions Valid = new() { ProcessId = 5, ImagesDirectory = "/images" };

    public static TheoryData<CriuDumpOptions, string> Invalid() => new()
    {
        { Valid with { ProcessId = 0 }, "ProcessId is 0" },
        { Valid with { ImagesDirectory = " " }, "ImagesDirectory is empty" },
        { Valid with { LogFile = "a/b" }, "LogFile is 'a/b'" },
        { Valid with { LogLevel = (CriuLogLevel)5 }, "LogLevel is 5" },
        { Valid with { LeaveRunning = true, LeaveStopped = true }, "exclude each other" },
        { Valid with { LazyPages = true }, "LazyPort is 0" },
        { Valid with { LazyPages = true, LazyPort = 70000 }, "LazyPort is 70000" },
        { Valid with { LazyPages = true, LazyPort = 9, LeaveRunning = true }, "contradicts LazyPages" },
        { Valid with { LazyPages = true, LazyPort = 9, PageServer = new CriuPageServer { Descriptor = 4 } }, "ignored by CRIU" },
        { Valid with { PageServer = new CriuPageServer() }, "neither a descriptor nor an address" },
        { Valid with { ParentImages = "../0" }, "useless without TrackMemory" },
        { Valid with { FreezeTimeout = TimeSpan.Zero }, "FreezeTimeout" },
        { Valid with { GhostFileLimitBytes = 1L << 32 }, "GhostFileLimitBytes" },
        { Valid with { TcpEstablished = true, TcpClose = true }, "exclude each other" },
        { Valid with { RawOptions = ["tcp-close"], ConfigurationFile = "/etc/criu/runc.conf" }, "exclude each other" },
        { Valid with { RawOptions = ["tcp-close\nleave-running"] }, "more than one line" },
        { Valid with { RawOptions = ["--"] }, "names no option" },
        { Valid with { RawOptions = ["/etc/passwd"] }, "names no option" },
        { Valid with { RawOptions = ["--images-dir /elsewhere"] }, "this library decides itself" },
        { Valid with { RawOptions = ["no-lazy-pages"] }, "this library decides itself" },
    };

    [Fact]
    public void Validate_ValidOptions_Passes()
    {
        Action act = Valid.Validate;
        act.Should().NotThrow();
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Validate_InvalidOption_IsNamed(CriuDumpOptions options, string expected)
    {
        Action act = options.Validate;
        act.Should().Throw<ArgumentException>().WithMessage($"*{expected}*Nothing was touched.*");
    }

    [Fact]
    public void Validate_SeveralProblems_AreAllNamed()
    {
        Action act = (Valid with { ProcessId = -1, LogFile = string.Empty }).Validate;
        act.Should().Throw<ArgumentException>().Which.Message.Should().ContainAll("ProcessId", "LogFile");
    }
}
