using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Traces;
using U2CMigration.Testing;

namespace U2CMigration.Prediction.Tests.Traces;

/// <summary>The traces of data/traces stay readable, whatever becomes of the format.</summary>
public sealed class RecordedTracesTests
{
    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(RepositoryRoot.File("data", "traces"), "*.u2ctrace").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_RecordedTrace_IsWhole(string name)
    {
        PageTrace trace = TraceReader.Read(RepositoryRoot.File("data", "traces", name));

        trace.Header.Kernel.Should().NotBeEmpty();
        trace.Header.Tracker.Should().Be("write-protect");
        trace.Header.Command.Should().NotBeEmpty();
        trace.Samples.Count.Should().BeGreaterThanOrEqualTo(80);
        trace.Samples[0].Dirty.PageCount.Should().BeInRange(4_000, 50_000);
        trace.Samples[0].Interval.Should().Be(TimeSpan.Zero);
        trace.Samples.Skip(1).Should().OnlyContain(static sample => sample.Interval > TimeSpan.FromMilliseconds(20));
        trace.Samples.Skip(1).Average(static sample => sample.Interval.TotalMilliseconds).Should().BeApproximately(trace.Header.Interval.TotalMilliseconds, trace.Header.Interval.TotalMilliseconds * 0.05);
        SystemSample first = trace.Samples[0].System;
        SystemSample last = trace.Samples[^1].System;
        last.PageFaults.Should().BeGreaterThan(first.PageFaults);
        last.ContextSwitches.Should().BeGreaterThan(first.ContextSwitches);
        last.SoftInterrupts.Should().BeGreaterThan(first.SoftInterrupts);
        last.CpuPressureMicroseconds.Should().BeGreaterThanOrEqualTo(first.CpuPressureMicroseconds);
        last.FreeMemoryBytes.Should().BePositive();
        if (trace.Header.Family == "redis")
        {
            last.BytesWritten.Should().BeGreaterThan(first.BytesWritten);
        }
    }
}
