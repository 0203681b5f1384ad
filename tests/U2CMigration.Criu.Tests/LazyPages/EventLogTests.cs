using System.Runtime.InteropServices;
using U2CMigration.Criu.LazyPages.Handover;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.Tests.LazyPages;

/// <summary>Memory that a killed writer has left is read by another object.</summary>
public sealed unsafe class EventLogTests : IDisposable
{
    private const int Bytes = 1 << 16;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(Bytes);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_AfterTheWriterWasKilledAnywhere_HasAllThatWasAcknowledged(int seed)
    {
        var random = new Random(seed);
        EventLog log = Open();
        var expected = new List<string>();
        while (log.Count < 1000)
        {
            int member = random.Next(5);
            if (random.Next(3) == 0)
            {
                log.Add(RecordKind.Withheld, (ulong)member, log.Count is var at ? (ulong)at : 0, 9);
                expected.Add($"{RecordKind.Withheld} {member}");
                continue;
            }

            // What the kernel does.
            Span<UserfaultMessage> space = UserfaultMessage.Parse(log.Begin(member));
            int count = random.Next(5);
            bool onlyTouches = random.Next(2) == 0;
            for (int i = 0; i < count; i++)
            {
                space[i] = new UserfaultMessage { Event = onlyTouches ? UserfaultEvent.Touch : UserfaultEvent.Unmap, First = (ulong)i };
            }

            if (onlyTouches)
            {
                log.Drop(count);
                continue;
            }

            expected.Add($"{RecordKind.Batch} {member} {string.Join(' ', Enumerable.Range(0, count))}");
            if (random.Next(2) == 0)
            {
                log.Keep(count);
            }
            else
            {
                // Killed before it was kept, and another continues.
                log = Open();
            }
        }

        Describe(Open()).Should().Equal(expected.Select(static line => line.TrimEnd()));
    }

    [Fact]
    public void Begin_WhenItIsFull_SaysSoForGood()
    {
        EventLog log = Open();
        for (int i = 0; i < Bytes / 32; i++)
        {
            log.Add(RecordKind.Adopted, 1);
        }

        Span<byte> space = log.Begin(1);
        space[0] = 0x16;
        log.Keep(1);

        space.Length.Should().Be(EventLog.BatchMessages * 32);
        Open().IsFull.Should().BeTrue();
    }

    public void Dispose() => NativeMemory.Free(_memory);

    private static List<string> Describe(EventLog log)
    {
        var lines = new List<string>();
        for (long index = 0; index < log.Count; index++)
        {
            if (log.KindAt(index) == RecordKind.Batch)
            {
                lines.Add($"{RecordKind.Batch} {log[index].First} {string.Join(' ', log.BatchAt(index).ToArray().Select(static message => message.First))}".TrimEnd());
            }
            else if (log.KindAt(index) >= RecordKind.Batch)
            {
                lines.Add($"{log.KindAt(index)} {log[index].First}");
            }
        }

        return lines;
    }

    private EventLog Open() => new((nint)_memory, Bytes);
}
