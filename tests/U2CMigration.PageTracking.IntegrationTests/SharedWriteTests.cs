using System.Diagnostics;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.MemoryEvents;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>What is not compared was not written: each way of writing that leaves nothing in the page tables of those who are left is noticed, and then everything is compared.</summary>
public sealed class SharedWriteTests
{
    private const string Page = "17";
    private const int SmallRing = 16 << 10;
    private const long AllPages = ShareWriter.Mebibytes * 256L;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public SharedWriteTests()
    {
        Requires.Root();
        Requires.WriteProtectAsync();
        Requires.NativeProgram("sharewriter");
    }

    [Theory]
    [InlineData("main write")]
    [InlineData("helper write")]
    [InlineData("helper read")]
    [InlineData("main discard")]
    [InlineData("main pageout")]
    [InlineData("main remove")]
    [InlineData("main write", "mapped")]
    [InlineData("helper read", "mapped")]
    [InlineData("main discard", "mapped")]
    [InlineData("main remove", "mapped")]
    public async Task LastLook_MemoryWrittenThroughKnownMappings_ComparesOnlyWhatWasWritten(string what, string kind = "anonymous")
    {
        using ShareWriter writer = new(kind);
        using Watched watched = await Watched.StartAsync(writer);
        watched.Writer.Do($"{what} {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.None);
        watched.Tracker.ComparedPages.Should().BeLessThan(AllPages / 4);
    }

    [Theory]
    [InlineData("main fork", SharedWriteDoubt.Fork)]
    [InlineData("helper fork", SharedWriteDoubt.Fork)]
    [InlineData("main duplicate", SharedWriteDoubt.Duplicated)]
    [InlineData("helper duplicate", SharedWriteDoubt.Duplicated)]
    [InlineData("helper move", SharedWriteDoubt.Unprotected)]
    [InlineData("main protect", SharedWriteDoubt.Mapped)]
    [InlineData("helper unmap", SharedWriteDoubt.Mappings)]
    [InlineData("helper exec", SharedWriteDoubt.Mappings)]
    [InlineData("helper exit", SharedWriteDoubt.Mappings)]
    [InlineData("helper fork", SharedWriteDoubt.Fork, "mapped")]
    [InlineData("main duplicate", SharedWriteDoubt.Duplicated, "mapped")]
    [InlineData("main protect", SharedWriteDoubt.Mapped, "mapped")]
    [InlineData("helper exec", SharedWriteDoubt.Mappings, "mapped")]
    public async Task LastLook_WhatNoPageTableTells_ComparesAll(string what, object doubt, string kind = "anonymous")
    {
        using ShareWriter writer = new(kind);
        using Watched watched = await Watched.StartAsync(writer);
        watched.Writer.Do($"{what} {Page}");
        (await watched.EndAsync()).Should().Be((SharedWriteDoubt)doubt);
    }

    /// <summary>What is written by call leaves nothing in any page table.</summary>
    [Theory]
    [InlineData("open", "main call", SharedWriteDoubt.Open)]
    [InlineData("open", "helper call", SharedWriteDoubt.Open)]
    [InlineData("sent", "main receive", SharedWriteDoubt.Unknown)]
    public async Task LastLook_FileThatCanBeWrittenByCall_ComparesAll(string kind, string what, object doubt)
    {
        using ShareWriter writer = new(kind);
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.Auto, isKnown: false, writer);
        writer.Do($"{what} {Page}");
        writer.Do("main write 3");
        (await watched.EndAsync()).Should().Be((SharedWriteDoubt)doubt);
    }

    [Fact]
    public async Task LastLook_StrangerHasTheFileOpen_ComparesAll()
    {
        using ShareWriter writer = new("mapped");
        using Process stranger = writer.HoldFromOutside();
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.Auto, isKnown: false, writer);
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.Unknown);
        stranger.StandardInput.Close();
        stranger.WaitForExit();
    }

    [Theory]
    [InlineData("anonymous")]
    [InlineData("mapped")]
    public async Task LastLook_StrangerMappedItForAMoment_ComparesAll(string kind)
    {
        using ShareWriter writer = new(kind);
        using Watched watched = await Watched.StartAsync(writer);
        watched.Writer.FromOutside("--map", $"{ShareWriter.Mebibytes << 20}", Page);
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.Mapped);
    }

    [Theory]
    [InlineData("anonymous")]
    [InlineData("mapped")]
    public async Task LastLook_StrangerWroteByCall_ComparesAll(string kind)
    {
        using ShareWriter writer = new(kind);
        using Watched watched = await Watched.StartAsync(writer);
        watched.Writer.FromOutside("--write", Page);
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.Call);
    }

    [Fact]
    public async Task LastLook_RingTooSmallForWhatHappened_ComparesAll()
    {
        // The fork that counts is written down behind more of them than have a place.
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(SmallRing, drains: false));
        watched.Writer.Do($"helper forks {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.EventsLost);
    }

    [Fact]
    public async Task LastLook_AnotherProcessorCameOnline_ComparesAll()
    {
        string more = string.Empty;
        using Watched watched = await Watched.StartAsync(() => MemoryEventWatch.TryOpen(processors: () => File.ReadAllText("/sys/devices/system/cpu/online").Trim() + more));
        more = ",999";
        watched.Writer.Do($"main write {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.EventsLost);
    }

    [Fact]
    public async Task LastLook_KernelTellsNothing_ComparesAll()
    {
        using Watched watched = await Watched.StartAsync(static () => null, TrackerKind.Auto, isKnown: false);
        watched.Writer.Do($"main fork {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.Unknown);
        watched.Tracker.ComparedPages.Should().BeGreaterThan(AllPages / 2);
    }

    [Fact]
    public async Task LastLook_TrackerOfAnotherKind_ComparesAll()
    {
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.ContentHash, isKnown: false);
        watched.Writer.Do($"main write {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.Unknown);
        watched.Tracker.ComparedPages.Should().BeGreaterThan(AllPages / 2);
    }

    [Fact]
    public async Task LastLook_ProcessThatCannotBeEntered_ComparesAll()
    {
        using ShareWriter writer = new();
        writer.Do("helper closed 0");
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.Auto, isKnown: false, writer);
        writer.Do($"helper write {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.Unprotected);
        watched.Tracker.ComparedPages.Should().BeGreaterThan(AllPages / 2);
    }

    [Fact]
    public async Task LastLook_CrowdHasIt_ComparesAll()
    {
        using ShareWriter writer = new();
        writer.Do("main crowd 70");
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.Auto, isKnown: false, writer);
        writer.Do($"helper write {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.TooMany);
        watched.Tracker.ComparedPages.Should().BeGreaterThan(AllPages / 2);
    }

    [Fact]
    public async Task LastLook_StrangerHasIt_ComparesAll()
    {
        // The tree is the helper alone, and the other one is outside.
        using ShareWriter writer = new();
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.Auto, isKnown: false, writer, writer.HelperId);
        writer.Do($"main write {Page}");
        (await watched.EndAsync()).Should().Be(SharedWriteDoubt.Unknown);
    }

    /// <summary>Both write at random without a pause; copied as in a migration, stopped, and compared as a whole, again and again.</summary>
    [Theory]
    [InlineData(1, "anonymous")]
    [InlineData(2, "mapped")]
    public async Task Collect_Chaos_NoPageOfTheCopyIsOutOfDate(int seed, string kind)
    {
        const int rounds = 60;
        using ShareWriter writer = new(kind);
        using Watched watched = await Watched.StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.WriteProtect, isKnown: true, writer);
        writer.Do($"chaos {seed}");
        int known = 0;
        for (int round = 0; round < rounds; round++)
        {
            await watched.RunAsync(looks: 1 + (round % 4));
            writer.Freeze();
            known += await watched.EndAsync() == SharedWriteDoubt.None ? 1 : 0;
            writer.Thaw();
        }

        TestContext.Current.SendDiagnosticMessage($"{known} of {rounds} last looks knew what was written");
    }

    /// <summary>A migration up to the freeze.</summary>
    private sealed class Watched : IDisposable
    {
        private readonly IPageTracker _processes;
        private readonly SharedCopies _copies;
        private readonly ShareWriter? _own;

        private Watched(ShareWriter writer, ShareWriter? own, IPageTracker processes, SharedObjectTracker tracker)
        {
            (Writer, _own, _processes, Tracker) = (writer, own, processes, tracker);
            _copies = new SharedCopies(tracker);
        }

        internal ShareWriter Writer { get; }

        internal SharedObjectTracker Tracker { get; }

        private SharedObject Memory => Tracker.Objects.First(static shared => shared.Size == ShareWriter.Mebibytes << 20);

        internal static Task<Watched> StartAsync(ShareWriter writer) => StartAsync(static () => MemoryEventWatch.TryOpen(), TrackerKind.WriteProtect, isKnown: true, writer);

        internal static Task<Watched> StartAsync(Func<MemoryEventWatch?>? open = null) => StartAsync(open ?? (static () => MemoryEventWatch.TryOpen()), TrackerKind.WriteProtect, isKnown: true);

        internal static async Task<Watched> StartAsync(Func<MemoryEventWatch?> open, TrackerKind kind, bool isKnown, ShareWriter? writer = null, int root = 0)
        {
            ShareWriter? own = writer is null ? new ShareWriter() : null;
            writer ??= own!;
            IPageTracker processes = PageTrackers.Create(kind, root == 0 ? writer.ProcessId : root);
            var watched = new Watched(writer, own, processes, new SharedObjectTracker(processes, open, leastBytes: 1 << 20));
            for (int look = 0; look < 200; look++)
            {
                await watched.RunAsync(1);
                // The page through which the two talk is compared always.
                if (look >= 3 && (!isKnown || (watched.Tracker.DoubtOf(watched.Memory) == SharedWriteDoubt.None && watched.Tracker.ComparedPages <= 1)))
                {
                    return watched;
                }

                await Task.Delay(20, Cancellation);
            }

            string state = $"{watched.Tracker.DoubtOf(watched.Memory)}, {watched.Tracker.ComparedPages} pages compared";
            watched.Dispose();
            throw new InvalidOperationException($"Nothing was known after 200 looks: {state}.");
        }

        /// <summary>Looks and copies, one beside the other.</summary>
        internal async Task RunAsync(int looks)
        {
            PageSet found = new();
            for (int look = 0; look < looks; look++)
            {
                PageSet copied = found;
                found = new PageSet();
                Task copying = Task.Run(() => _copies.Take(copied), Cancellation);
                _processes.Collect(new PageSet(), Cancellation);
                Tracker.Collect(_processes.ProcessIds, found, Cancellation);
                await copying;
            }

            _copies.Take(found);
        }

        /// <summary>No one writes any more: takes the last look and checks every page.</summary>
        internal async Task<SharedWriteDoubt> EndAsync()
        {
            _processes.Collect(new PageSet(), Cancellation);
            Tracker.Refresh();
            PageSet last = new();
            await Tracker.CollectAllAsync(_processes.ProcessIds, last, Cancellation);
            _copies.Take(last);
            _copies.OutOfDate().Should().BeEmpty();
            return Tracker.DoubtOf(Memory);
        }

        public void Dispose()
        {
            Tracker.Dispose();
            _processes.Dispose();
            _own?.Dispose();
        }
    }
}
