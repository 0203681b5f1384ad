using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Hiding;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Workers;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Criu.IntegrationTests;

public sealed class MemoryHidingTests : CriuTestBase
{
    private const int UserSignal = 10;

    /// <summary>As /proc/PID/syscall begins on x86-64.</summary>
    private const string PauseCall = "34 ";

    private static readonly KernelFeatures Kernel = KernelFeatures.Probe();

    [Fact]
    public async Task Add_AfterAHiddenDump_MakesThePagemapThatCriuMakes()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, target.ProcessId);
        tracker.Collect(new PageSet(), Limit);
        int[] processes = [target.ProcessId, .. target.Children()];
        Signal(processes, PidFd.Stop);
        await using (LazyDump dump = LazyDump.Prepare())
        {
            await dump.HoldAsync(Dump(target, "seen"), Limit);
        }

        await using (LazyDump dump = Prepare(static _ => true))
        {
            await dump.HoldAsync(Dump(target, "hidden"), Limit);
            dump.HiddenProcesses.Should().BeEquivalentTo(processes);
            var images = new ImageDirectory(Directory["hidden"]);
            ImageMemory.Measure(images).LazyBytes.Should().Be(0);
            Add(images, tracker, dump);
        }

        foreach (int processId in processes)
        {
            Pagemap seen = new ImageDirectory(Directory["seen"]).ReadPagemap(processId)!;
            Pagemap hidden = new ImageDirectory(Directory["hidden"]).ReadPagemap(processId)!;
            Joined(hidden.Entries).Should().Equal(Joined(seen.Entries), $"process {processId} was stopped all the time");
            File.ReadAllBytes(Path.Combine(Directory["hidden"], hidden.PagesFileName)).Should().Equal(
                File.ReadAllBytes(Path.Combine(Directory["seen"], seen.PagesFileName)), "the same pages are in the files, in the same order");
        }
    }

    [Fact]
    public async Task Add_ThenMakePresent_RestoresTheTarget()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        int[] processes = [target.ProcessId, .. children];

        // A tracker of this process could not be used: it would keep its child from being collected (docs/decisions/0004).
        Signal(processes, PidFd.Stop);
        await using (LazyDump dump = LazyDump.Prepare())
        {
            await dump.HoldAsync(Dump(target, "seen"), Limit);
        }

        await using (LazyDump dump = Prepare(static _ => true))
        {
            await dump.HoldAsync(Dump(target), Limit);
            var images = new ImageDirectory(Directory["images"]);
            foreach (int processId in dump.HiddenProcesses)
            {
                // The page of the vdso, which CRIU takes by itself, is in it already.
                ulong[] taken = [.. images.ReadPagemap(processId)!.Entries.Select(static entry => entry.Address)];
                HiddenPages.Add(images, processId, new ImageDirectory(Directory["seen"]).ReadPagemap(processId)!.Entries.Where(entry => !taken.Contains(entry.Address)));
            }

            PagemapRewriter.MakePresent(images, ReadMemory);
            await dump.CommitAsync();
            await target.HasGoneAsync(children);
        }

        await using CriuWorker worker = CriuWorker.Start();
        await worker.RestoreAsync(Restore(), cancellationToken: Limit);
        Signal(processes, PidFd.Continue);
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_MemoryNotToBeHidden_IsAsUsual()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        var asked = new List<int>();
        await using LazyDump dump = Prepare(processId =>
        {
            asked.Add(processId);
            return false;
        });
        await dump.HoldAsync(Dump(target), Limit);
        asked.Should().BeEquivalentTo([target.ProcessId, .. target.Children()], "each is asked for once");
        dump.HiddenProcesses.Should().BeEmpty();
        ImageMemory.Measure(new ImageDirectory(Directory["images"])).LazyBytes.Should().BeGreaterThan(8 << 20);
    }

    /// <summary>CRIU then finds out about the kernel, by its own page map too, and must see that as it is. What is deleted here it makes anew.</summary>
    [Fact]
    public async Task HoldAsync_CriuHasNoNotesAboutTheKernel_DumpsAllTheSame()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        File.Delete("/run/criu.kdat");
        await using LazyDump dump = Prepare(static _ => true);
        await dump.HoldAsync(Dump(target), Limit);
        dump.HiddenProcesses.Should().Contain(target.ProcessId);
    }

    [Fact]
    public async Task HoldAsync_QuestionThatFails_IsAsUsual()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = Prepare(static _ => throw new InvalidOperationException("The tracker is gone."));
        await dump.HoldAsync(Dump(target), Limit);
        dump.HiddenProcesses.Should().BeEmpty();
        ImageMemory.Measure(new ImageDirectory(Directory["images"])).LazyBytes.Should().BeGreaterThan(8 << 20);
    }

    [Fact]
    public async Task RollbackAsync_HiddenTree_RunsOn()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        for (int round = 0; round < 3; round++)
        {
            await using LazyDump dump = Prepare(static _ => true);
            await dump.HoldAsync(Dump(target, $"images{round}"), Limit);
            dump.HiddenProcesses.Should().NotBeEmpty();
        }

        await target.AdvancesAsync();
    }

    /// <summary>CRIU asks the page map for guard regions too, and must be told.</summary>
    [Fact]
    public async Task HoldAsync_GuardRegion_IsStillSeen()
    {
        Requires.KernelHas(Kernel.GuardRegionCategory, "this kernel does not tell guard regions (Linux 6.15)");

        // mmap of two pages, and MADV_GUARD_INSTALL on the second.
        using TargetProcess target = await TargetProcess.StartAsync(Directory, """
            $m = syscall(9, 0, 8192, 3, 0x22, -1, 0); syscall(28, $m + 4096, 4096, 102) == 0 or die; open(G, ">", "$ARGV[0]/guard"); print G $m; close(G);
            """);
        ulong mapping = ulong.Parse(File.ReadAllText(Directory["guard"]), CultureInfo.InvariantCulture);
        await using LazyDump dump = Prepare(static _ => true);
        await dump.HoldAsync(Dump(target), Limit);
        dump.HiddenProcesses.Should().Contain(target.ProcessId);
        new ImageDirectory(Directory["images"]).ReadMemoryAreas(target.ProcessId).Should().Contain(
            area => area.Start == mapping + 4096 && area.End == mapping + 8192 && area.Kind == MemoryKind.Special);
    }

    /// <summary>
    /// A changed flag is only found by comparing; other addresses are seen at once, and CRIU gets the kernel's own list. MAP_NORESERVE keeps the mapping from being joined with others.
    /// </summary>
    [Theory]
    [InlineData("", 0, true)]
    [InlineData("syscall(28, $m, 8192, 16)", 0, false)] // MADV_DONTDUMP
    [InlineData("syscall(28, $m, 8192, 16)", 96, false)]
    [InlineData("syscall(10, $m, 4096, 1)", 0, true)] // mprotect: PROT_READ for the first page
    [InlineData("syscall(10, $m, 4096, 1)", 96, true)]
    public async Task TakeMappings_TargetChangesSomethingBeforeTheFreeze_CriuIsToldTheTruthOrItIsSaid(string change, int mebibytes, bool confirmed)
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory, $$"""
            $b = "b" x ({{mebibytes}} << 20); $m = syscall(9, 0, 8192, 3, 0x4022, -1, 0); open(G, ">", "$ARGV[0]/mapping"); print G $m; close(G);
            $SIG{USR1} = sub { {{(change.Length > 0 ? change + " == 0 or die;" : "")}} open(G, ">", "$ARGV[0]/changed"); close(G); };
            """);
        ulong mapping = ulong.Parse(File.ReadAllText(Directory["mapping"]), CultureInfo.InvariantCulture);
        using TestGroup group = TestGroup.Any(target);
        await using LazyDump dump = Prepare(static _ => true);
        dump.TakeMappings([target.ProcessId, .. target.Children()]);
        using (var process = PidFd.Open(target.ProcessId))
        {
            PidFd.TrySignal(process, UserSignal).Should().BeTrue();
            SpinWait.SpinUntil(() => File.Exists(Directory["changed"]), TimeSpan.FromSeconds(10)).Should().BeTrue();
        }

        group.Freeze();
        await dump.HoldAsync(Dump(target) with { FreezeCgroup = group.Path }, Limit);
        (await dump.MappingsConfirmed).Should().Be(confirmed);
        int protection = new ImageDirectory(Directory["images"]).ReadMemoryAreas(target.ProcessId).First(area => area.Start <= mapping && area.End > mapping).Protection;
        protection.Should().Be(change.Contains("syscall(10", StringComparison.Ordinal) ? 1 : 3);
        await dump.RollbackAsync();
        group.Thaw();
        await target.AdvancesAsync();
    }

    /// <summary>What changes all the time is most likely another one in the freeze.</summary>
    [Fact]
    public async Task TakeMappings_TargetChangesFlagsInBetween_IsLeftOut()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory, """
            $m = syscall(9, 0, 8192, 3, 0x4022, -1, 0); $advice = 16;
            $SIG{USR1} = sub { syscall(28, $m, 8192, $advice) == 0 or die; open(G, ">", "$ARGV[0]/advice$advice"); close(G); $advice++; };
            """);
        using TestGroup group = TestGroup.Any(target);
        await using LazyDump dump = Prepare(static _ => true);
        using var process = PidFd.Open(target.ProcessId);
        foreach (string advice in (ReadOnlySpan<string>)["advice16", "advice17"])
        {
            dump.TakeMappings([target.ProcessId]);
            PidFd.TrySignal(process, UserSignal).Should().BeTrue();
            SpinWait.SpinUntil(() => File.Exists(Directory[advice]), TimeSpan.FromSeconds(10)).Should().BeTrue();
        }

        group.Freeze();
        await dump.HoldAsync(Dump(target) with { FreezeCgroup = group.Path }, Limit);
        (await dump.MappingsConfirmed).Should().BeTrue("CRIU has read the flags itself, and not those of the second reading");
        await dump.RollbackAsync();
        group.Thaw();
    }

    /// <summary>By chance two processes may have something at one address; surely a process has with itself.</summary>
    [Fact]
    public async Task OpenPagemapFor_SameAddresses_IsNotToBeUsed()
    {
        Requires.Criu();
        await using var blank = BlankAddressSpace.Start(new CriuWorkerOptions(), null);
        SpinWait.SpinUntil(() => blank.Version is not null, TimeSpan.FromSeconds(10)).Should().BeTrue();
        blank.OpenPagemapFor(blank.ProcessId).Should().BeNull();
    }

    [Fact]
    public async Task TakeMappings_FrozenTarget_MakesTheMappingsThatCriuMakes()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        using TestGroup group = TestGroup.Any(target);
        group.Freeze();
        await using (LazyDump dump = LazyDump.Prepare())
        {
            await dump.HoldAsync(Dump(target, "seen") with { FreezeCgroup = group.Path }, Limit);
        }

        await using (LazyDump dump = Prepare(static _ => true))
        {
            dump.TakeMappings([target.ProcessId, .. target.Children()]);
            await dump.HoldAsync(Dump(target, "hidden") with { FreezeCgroup = group.Path }, Limit);
            (await dump.MappingsConfirmed).Should().BeTrue();
        }

        File.ReadAllBytes(Path.Combine(Directory["hidden"], $"mm-{target.ProcessId}.img")).Should().Equal(
            File.ReadAllBytes(Path.Combine(Directory["seen"], $"mm-{target.ProcessId}.img")));
        group.Thaw();
    }

    /// <summary>CRIU takes all memory of a process for stack when a stack pointer is at the beginning of a page (docs/decisions/0010).</summary>
    [Theory]
    [InlineData("--aligned", false, false)]
    [InlineData("--beside", false, true)]
    [InlineData("--aligned", true, true)]
    public async Task HoldAsync_AlignedStackPointer_IsLazyOnlyWhereHidden(string place, bool hidden, bool lazy)
    {
        Requires.Criu();
        WorkerProcess process = WorkerProcess.Start(NativeProgram.Build("aligned_stack"), ["aligned_stack", place], []);
        CancellationToken limit = Limit;
        while (!(await File.ReadAllTextAsync($"/proc/{process.ProcessId}/syscall", limit)).StartsWith(PauseCall, StringComparison.Ordinal))
        {
            await Task.Delay(5, limit);
        }

        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, process.ProcessId);
        tracker.Collect(new PageSet(), limit);
        await using LazyDump dump = Prepare(_ => hidden);
        var options = new CriuDumpOptions
        {
            ProcessId = process.ProcessId, ImagesDirectory = Directory.MakeDirectory("images"), CgroupMode = CriuCgroupMode.Ignore, NetworkLock = CriuNetworkLock.Skip,
        };
        await dump.HoldAsync(options, limit);
        var images = new ImageDirectory(Directory["images"]);
        Add(images, tracker, dump);
        ImageMemory memory = ImageMemory.Measure(images);
        (memory.LazyBytes >= 8 << 20).Should().Be(lazy);
        (memory.TotalEagerBytes >= 8 << 20).Should().Be(!lazy, "a page is in one place");
        await dump.CommitAsync();
    }

    /// <summary>When the program that answers dies the worker's questions fail. By hand, because this process can not die.</summary>
    [Fact]
    public async Task AnsweringProgramDies_TargetRunsOnAndWorkerEnds()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        CriuDumpOptions options = Dump(target);
        (Socket own, SafeFileHandle peer) = SocketPair.Create(SocketPair.SequencedPacket);
        (WorkerProcess worker, SafeFileHandle questions) = WorkerProcess.StartAsking(CriuProgram.Find("criu"), ["criu", "swrk", "3"], [peer]);
        peer.Dispose();
        questions.IsInvalid.Should().BeFalse();
        using (var images = Descriptor.OpenDirectory(options.ImagesDirectory))
        using (var socket = new WorkerSocket(own))
        {
            var request = new Request { Type = RequestType.Dump, Opts = OptionsEncoder.Encode(options, (int)images.DangerousGetHandle(), (int)images.DangerousGetHandle()) };
            await socket.SendAsync(request, Limit);

            // Until CRIU holds the tasks, which is when it begins to look into them.
            do
            {
                Seccomp.TryReceive(questions, out Seccomp.Question question).Should().BeTrue();
                Seccomp.LetContinue(questions, question.Id);
            }
            while (target.State() != 't');
        }

        questions.Dispose();
        (await worker.Ended.WaitAsync(Limit)).Should().NotBe(0);
        await target.AdvancesAsync();
    }

    private static LazyDump Prepare(Func<int, bool> hides) =>
        LazyDump.Prepare(new LazyDumpOptions { HidesMemory = hides, KernelHasGuardRegions = Kernel.GuardRegionCategory });

    private static void Add(ImageDirectory images, IPageTracker tracker, LazyDump dump)
    {
        var resident = new PageSet();
        tracker.CollectResident(resident, Limit);
        foreach (int processId in dump.HiddenProcesses)
        {
            PageRange[] ranges = resident.Of(processId).Ranges.ToArray();
            HiddenPages.Add(images, processId, ranges.Select(static range => new PagemapEntry(range.Start, range.Pages, PagePlaces.None)));
        }

        PagemapRewriter.PlaceMissing(images, ReadMemory, Limit);
    }

    private static void Signal(int[] processes, int signal)
    {
        foreach (int processId in processes)
        {
            using var handle = PidFd.Open(processId);
            PidFd.TrySignal(handle, signal).Should().BeTrue();
        }

        SpinWait.SpinUntil(() => processes.All(id => TargetProcess.StateOf(id) == 'T' == (signal == PidFd.Stop)), TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    /// <summary>CRIU ends an entry where one of its pipes is full.</summary>
    private static List<PagemapEntry> Joined(IEnumerable<PagemapEntry> entries)
    {
        var joined = new List<PagemapEntry>();
        foreach (PagemapEntry entry in entries)
        {
            if (joined.Count > 0 && joined[^1].Places == entry.Places && joined[^1].Address + ((ulong)joined[^1].Pages * 4096) == entry.Address)
            {
                joined[^1] = joined[^1] with { Pages = joined[^1].Pages + entry.Pages };
            }
            else
            {
                joined.Add(entry);
            }
        }

        return joined;
    }

    private static void ReadMemory(int processId, ulong address, Span<byte> destination)
    {
        using var memory = File.OpenHandle($"/proc/{processId}/mem");
        RandomAccess.Read(memory, destination, (long)address).Should().Be(destination.Length);
    }
}
