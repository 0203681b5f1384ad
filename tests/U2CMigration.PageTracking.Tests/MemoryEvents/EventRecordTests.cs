using U2CMigration.PageTracking.MemoryEvents;

namespace U2CMigration.PageTracking.Tests.MemoryEvents;

public sealed class EventRecordTests
{
    private const uint Lost = 2;
    private const uint Exit = 4;
    private const uint Throttle = 5;
    private const uint Fork = 7;
    private const uint Sample = 9;
    private const uint Mapping = 10;

    [Fact]
    public void Note_NewProcess_ItsParentIsToldNewThreadIsNot()
    {
        MemoryEventSet events = new();
        EventRecord.Note(Record(Fork, 31, 30, 31, 30, 0, 0), events);
        EventRecord.Note(Record(Fork, 40, 40, 41, 40, 0, 0), events);
        events.Parents.Should().Equal(30);
        events.IsIncomplete.Should().BeFalse();
    }

    [Fact]
    public void Note_MappingOfAnother_ItsObjectIsTold()
    {
        MemoryEventSet events = new();
        EventRecord.Note(Record(Mapping, 31, 31, 0, 0, 0, 0, 0, 0, 7, 1, 237147, 0, 0, 0, 3, 1), events);
        events.Mapped.Should().Equal(((7u, 1u), 237147UL));
    }

    [Fact]
    public void Note_OwnMapping_IsNotTold()
    {
        MemoryEventSet events = new();
        EventRecord.Note(Record(Mapping, (uint)Environment.ProcessId, 31, 0, 0, 0, 0, 0, 0, 7, 1, 237147, 0, 0, 0, 3, 1), events);
        events.Mapped.Should().BeEmpty();
    }

    /// <summary>As CRIU maps what it dumps.</summary>
    [Fact]
    public void Note_MappingThatOnlyReads_IsNotTold()
    {
        MemoryEventSet events = new();
        EventRecord.Note(Record(Mapping, 31, 31, 0, 0, 0, 0, 0, 0, 7, 1, 237147, 0, 0, 0, 1, 1), events);
        events.Mapped.Should().BeEmpty();
    }

    [Fact]
    public void Note_Call_ItsProcessIsTold()
    {
        MemoryEventSet events = new();
        EventRecord.Note(Record(Sample, 31, 32), events);
        events.Duplicating.Should().Equal(31);
    }

    [Theory]
    [InlineData(Lost, true)]
    [InlineData(Throttle, true)]
    [InlineData(77u, true)]
    [InlineData(Exit, false)]
    public void Note_RecordsAreMissingOrUnknown_IsIncomplete(uint type, bool isIncomplete)
    {
        MemoryEventSet events = new();
        EventRecord.Note(Record(type, 1, 2, 3, 4, 5, 6), events);
        events.IsIncomplete.Should().Be(isIncomplete);
    }

    [Fact]
    public void Add_LaterEvents_AllAreThere()
    {
        MemoryEventSet first = new();
        MemoryEventSet second = new() { IsIncomplete = true };
        EventRecord.Note(Record(Fork, 31, 30, 31, 30, 0, 0), first);
        EventRecord.Note(Record(Fork, 51, 50, 51, 50, 0, 0), second);
        EventRecord.Note(Record(Sample, 31, 32), second);
        first.Add(second);
        first.Parents.Should().Equal(30, 50);
        first.Duplicating.Should().Equal(31);
        first.IsIncomplete.Should().BeTrue();
    }

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    public void Numbers_ListOfTheKernel_IsUnderstood(string list, int[] numbers) => MemoryEventWatch.Numbers(list).Should().Equal(numbers);

    private static byte[] Record(uint type, params uint[] words)
    {
        byte[] record = new byte[8 + (words.Length * sizeof(uint))];
        BitConverter.TryWriteBytes(record, type);
        BitConverter.TryWriteBytes(record.AsSpan(6), (ushort)record.Length);
        Buffer.BlockCopy(words, 0, record, 8, words.Length * sizeof(uint));
        return record;
    }
}
