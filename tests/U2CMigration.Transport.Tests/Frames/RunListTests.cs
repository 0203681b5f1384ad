using System.Buffers;
using CsCheck;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Frames;

/// <summary>What one side wants to say about pages fits into messages, however long the runs and the lists are.</summary>
public sealed class RunListTests
{
    private const long AddressSpacePages = 1L << 35;

    /// <summary>Runs up to a whole address space, as they are dropped when a process ends.</summary>
    private static readonly Gen<PageRun[]> LongRuns = Gen.Select(Gen.Int[1, int.MaxValue], Gen.Long[0, AddressSpacePages - 1], Gen.Int[0, 35])
        .Select((processId, page, shift) => new PageRun(processId, (ulong)page << 12, Math.Max(1, (AddressSpacePages - page) >> shift)))
        .Array[0, 6];

    [Fact]
    public void Of_RunsOfAnyLength_ArriveAsTheSamePages() => LongRuns.Sample(runs =>
        Joined(PagesDropped.Of(runs).Select(static message => (PagesDropped)Received(message)).SelectMany(static message => message.Runs)).SequenceEqual(Joined(runs)));

    [Fact]
    public void Of_ProcessThatEnded_IsOneMessageForItsWholeAddressSpace()
    {
        PagesDropped[] messages = [.. PagesDropped.Of([new PageRun(7, 0, AddressSpacePages)])];

        Joined(((PagesDropped)Received(messages.Should().ContainSingle().Subject)).Runs).Should().Equal(new PageRun(7, 0, AddressSpacePages));
    }

    [Fact]
    public void Of_MoreRunsThanAMessageCarries_ArriveInSeveral()
    {
        PageRun[] runs = [.. Enumerable.Range(0, ProtocolLimits.MaxRuns + 1).Select(static index => new PageRun(7, (ulong)index << 13, 1))];

        MissingPages[] received = [.. MissingPages.Of(runs).Select(static message => (MissingPages)Received(message))];

        received.SelectMany(static message => message.Runs).Should().Equal(runs);
        received.Select(static message => message.IsLast).Should().Equal(false, true);
    }

    [Fact]
    public void Of_NothingMissing_IsOneMessageThatSaysSo() =>
        MissingPages.Of([]).Should().ContainSingle().Which.Should().BeEquivalentTo(new MissingPages([], IsLast: true));

    private static MigrationMessage Received(MigrationMessage message)
    {
        var buffer = new ReadOnlySequence<byte>(message.Encode());
        new FrameReader("peer").Read(ref buffer, null, out MigrationMessage? received).Should().Be(FrameReader.Outcome.Message);
        return received!;
    }

    /// <summary>Runs that touch, as one.</summary>
    private static List<PageRun> Joined(IEnumerable<PageRun> runs)
    {
        List<PageRun> joined = [];
        foreach (PageRun run in runs)
        {
            if (joined.Count > 0 && joined[^1].ProcessId == run.ProcessId && joined[^1].End == run.Address)
            {
                joined[^1] = joined[^1] with { Pages = joined[^1].Pages + run.Pages };
            }
            else
            {
                joined.Add(run);
            }
        }

        return joined;
    }
}
