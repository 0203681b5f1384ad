using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.Criu.Logs;

namespace U2CMigration.Core.Tests.Words;

public sealed class CriuWordsTests
{
    [Fact]
    public void Explain_KnownCause_HasMeaningRemedyAndTheLine() =>
        Explain("DUMP", "Can't get rlimit 0: Operation not permitted").Should().Be(
            "CRIU could not dump the workload (process 5). The limits of a process that runs as another user may not be read. Grant CAP_SYS_RESOURCE to the program that migrates."
            + " CRIU says: \"Can't get rlimit 0: Operation not permitted\".");

    [Fact]
    public void Explain_UnknownCause_QuotesTheLine() =>
        Explain("RESTORE", "Can't write image").Should().Be("CRIU could not restore the workload (process 5): \"Can't write image\".");

    [Fact]
    public void Explain_NoCause_SaysSo() => Explain("RESTORE", null).Should().Be("CRIU could not restore the workload, and did not say why.");

    [Fact]
    public void Explain_DumpWithoutAWord_NamesWhatThatMeantSoFar() => Explain("DUMP", null).Should().Be(
        "CRIU could not dump the workload: processes or threads of the workload began and ended faster than it could stop them. Try again, or put the workload in a control group of its own, which stops at once.");

    [Theory]
    [InlineData(137, "CRIU was ended by signal 9 and could not dump the workload, and did not say why.")]
    [InlineData(1, "CRIU ended with exit code 1 and could not dump the workload, and did not say why.")]
    public void Explain_CriuThatEnded_SaysHow(int exitCode, string expected) =>
        CriuWords.Explain(new CriuException("x", "DUMP", exitCode: exitCode), static _ => null).Should().Be(expected);

    [Fact]
    public void Explain_CriuIsMissing_StandsAsItIs() =>
        CriuWords.Explain(new CriuException("The program 'criu' is not on the PATH.", "start"), static _ => null).Should().Be("The program 'criu' is not on the PATH.");

    [Fact]
    public void Explain_LineWithDescriptor_AsksForItsHolder()
    {
        FailedProcess asked = default;
        CriuWords.Explain(Failure("DUMP", "Can't dump file 7 of that type [600] (unknown anon_inode:[userfaultfd])"), failed =>
        {
            asked = failed;
            return null;
        });
        (asked.Descriptor, asked.Link, asked.InImages).Should().Be((7, "anon_inode:[userfaultfd]", 5));
    }

    [Fact]
    public void Explain_ProcessIsNamedByALaterLine_IsThatOne()
    {
        FailedProcess asked = default;
        const string Tail = "(00.1) Error (criu/fsnotify.c:284): fsnotify: Can't dump that handle\n(00.1) Error (criu/cr-dump.c:1545): Dump files (pid: 161) failed with -1";
        CriuWords.Explain(new CriuException("x", "DUMP", logTail: Tail, cause: new ErrorLine("fsnotify: Can't dump that handle", 0)), failed =>
        {
            asked = failed;
            return null;
        });
        asked.OnHost.Should().Be(161);
    }

    /// <summary>A dump without a word has met processes that began and ended at that moment; a refused request would be refused again.</summary>
    [Theory]
    [InlineData("DUMP", null, 0, null, true)]
    [InlineData("DUMP", null, 56, null, false)]
    [InlineData("DUMP", null, 0, 139, false)]
    [InlineData("RESTORE", null, 0, null, false)]
    [InlineData("DUMP", "Can't write image", 0, null, false)]
    [InlineData("DUMP", "Can't open 47730: No such file or directory", 0, null, true)]
    [InlineData("DUMP", "Can't open 47730/task/47731: No such file or directory", 0, null, true)]
    [InlineData("DUMP", "Can't open /proc/47730/stat: No such file or directory", 0, null, true)]
    [InlineData("DUMP", "Can't open file tmp/47730: No such file or directory", 0, null, false)]
    [InlineData("RESTORE", "Can't fork for 4711: File exists", 0, null, true)]
    public void IsTransient_Failure_IsTrueWhereARetryMayHelp(string request, string? cause, int errno, int? exitCode, bool expected) =>
        CriuWords.IsTransient(new CriuException("x", request, errno, cause: Line(cause), exitCode: exitCode)).Should().Be(expected);

    private static string Explain(string request, string? cause) => CriuWords.Explain(Failure(request, cause), static _ => "process 5");

    private static CriuException Failure(string request, string? cause) => new("x", request, cause: Line(cause));

    private static ErrorLine? Line(string? cause) => cause is null ? null : new ErrorLine(cause, 5);
}
