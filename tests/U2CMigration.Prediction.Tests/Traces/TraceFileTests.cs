using CsCheck;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Tests.Traces;

public sealed class TraceFileTests
{
    private static readonly byte[] Whole = TraceGen.Write(TraceGen.Known());

    [Fact]
    public void Read_WhatWasWritten_IsTheSame() => TraceGen.Trace.Sample(static trace =>
    {
        using var stream = new MemoryStream(TraceGen.Write(trace));
        return TraceGen.AreEqual(TraceReader.Read(stream), trace);
    });

    [Fact]
    public void Write_File_IsReadBackAndLeavesNothingElse()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("u2ctrace");
        try
        {
            PageTrace trace = TraceGen.Known();
            string path = Path.Combine(directory.FullName, "a.u2ctrace");
            File.WriteAllText(path, "older");
            TraceWriter.Write(trace, path);

            TraceGen.AreEqual(TraceReader.Read(path), trace).Should().BeTrue();
            TraceReader.ReadHeader(path).Should().Be(trace.Header);
            directory.GetFiles().Should().ContainSingle();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Read_TruncatedAnywhere_SaysSo()
    {
        for (int length = 0; length < Whole.Length; length++)
        {
            Reading(Whole[..length]).Should().Throw<TraceFormatException>().WithMessage("*truncated*");
        }
    }

    [Fact]
    public void Read_AnyBitFlipped_IsRefused() => Gen.Int[0, (Whole.Length * 8) - 1].Sample(static bit =>
    {
        byte[] damaged = [.. Whole];
        damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        Reading(damaged).Should().Throw<TraceFormatException>();
    });

    [Fact]
    public void Read_BodyChanged_SaysThatTheChecksumIsWrong()
    {
        byte[] damaged = [.. Whole];
        damaged[^12] ^= 1;

        Reading(damaged).Should().Throw<TraceFormatException>().WithMessage("*checksum*");
    }

    [Fact]
    public void Read_AnotherKindOfFile_SaysSo() =>
        Reading(new byte[100]).Should().Throw<TraceFormatException>().WithMessage("*not a trace*");

    [Fact]
    public void Read_NewerVersion_NamesBothVersions()
    {
        byte[] newer = [.. Whole];
        newer[8] = 2;

        Reading(newer).Should().Throw<TraceFormatException>().WithMessage("*version 2*version 1*");
    }

    [Fact]
    public void Read_LengthThatIsNotTrue_IsRefusedWithoutTakingTheMemory()
    {
        byte[] lying = [.. Whole];
        lying[19] = 0x3F;

        long before = GC.GetAllocatedBytesForCurrentThread();
        Reading(lying).Should().Throw<TraceFormatException>().WithMessage("*truncated*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(16 << 20);
    }

    [Fact]
    public void Read_SomethingBehindTheEnd_IsRefused() =>
        Reading([.. Whole, 0]).Should().Throw<TraceFormatException>().WithMessage("*behind the end*");

    [Fact]
    public void Write_NegativeInterval_IsRefused()
    {
        PageTrace trace = TraceGen.Known();
        PageTrace wrong = trace with { Samples = [trace.Samples[0] with { Interval = TimeSpan.FromTicks(-1) }] };

        FluentActions.Invoking(() => TraceWriter.Write(wrong, Stream.Null)).Should().Throw<ArgumentException>();
    }

    private static Action Reading(byte[] bytes) => () => TraceReader.Read(new MemoryStream(bytes));
}
