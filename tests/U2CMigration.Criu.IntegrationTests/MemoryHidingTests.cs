using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Hiding;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Workers;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Memory;
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
        var asked = new ConcurrentDictionary<int, bool>();
        await using LazyDump dump = Prepare(processId =>
        {
            asked[processId] = true;
            return false;
        });
        await dump.HoldAsync(Dump(target), Limit);
        asked.Keys.Should().BeEquivalentTo([target.ProcessId, .. target.Children()]);
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

    /// <summary>A child that has ended and was not collected has no memory to be hidden; the dump is an ordinary one all the same.</summary>
    [Fact]
    public async Task HoldAsync_ChildNotCollected_TheRestIsHidden()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory, "fork or exit 0; select(undef, undef, undef, 0.1);");
        int[] living = [target.ProcessId, .. target.Children().Where(static id => TargetProcess.StateOf(id) != ' ')];
        living.Should().HaveCountLessThan(target.Children().Length + 1);
        await using LazyDump dump = Prepare(static _ => true);
        await dump.HoldAsync(Dump(target), Limit);
        dump.HiddenProcesses.Should().BeEquivalentTo(living);
        ImageMemory.Measure(new ImageDirectory(Directory["images"])).LazyBytes.Should().Be(0);
        await dump.RollbackAsync();
        await target.AdvancesAsync();
    }

    /// <summary>CRIU would find guard regions in the page map.</summary>
    [Fact]
    public async Task Add_GuardRegions_MakesTheMappingsThatCriuMakes()
    {
        Requires.KernelHas(Kernel.GuardRegionCategory, "this kernel does not tell guard regions (Linux 6.15)");

        // mmap of four pages, and MADV_GUARD_INSTALL on the second and the fourth.
        using TargetProcess target = await TargetProcess.StartAsync(Directory, """
            $m = syscall(9, 0, 16384, 3, 0x22, -1, 0); for $p (1, 3) { syscall(28, $m + 4096 * $p, 4096, 102) == 0 or die } open(G, ">", "$ARGV[0]/guard"); print G $m; close(G);
            """);
        ulong mapping = ulong.Parse(File.ReadAllText(Directory["guard"]), CultureInfo.InvariantCulture);
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
            foreach (int processId in processes)
            {
                HiddenGuards.Add(new ImageDirectory(Directory["hidden"]), processId, [.. GuardRegions.Of(processId, Limit).Select(static range => (range.Start, range.End))]);
            }
        }

        new ImageDirectory(Directory["hidden"]).ReadMemoryAreas(target.ProcessId).Should().Contain(
            area => area.Start == mapping + 4096 && area.End == mapping + 8192 && area.Kind == MemoryKind.Special);
        foreach (string name in processes.Select(ImageDirectory.MemoryName))
        {
            File.ReadAllBytes(Path.Combine(Directory["hidden"], name)).Should().Equal(File.ReadAllBytes(Path.Combine(Directory["seen"], name)));
        }
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
    public async Task ReadyAsync_TargetChangesSomethingBeforeTheFreeze_CriuIsToldTheTruthOrItIsSaid(string change, int mebibytes, bool confirmed)
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory, $$"""
            $b = "b" x ({{mebibytes}} << 20); $m = syscall(9, 0, 8192, 3, 0x4022, -1, 0); open(G, ">", "$ARGV[0]/mapping"); print G $m; close(G);
            $SIG{USR1} = sub { {{(change.Length > 0 ? change + " == 0 or die;" : "")}} open(G, ">", "$ARGV[0]/changed"); close(G); };
            """);
        ulong mapping = ulong.Parse(File.ReadAllText(Directory["mapping"]), CultureInfo.InvariantCulture);
        using TestGroup group = TestGroup.Any(target);
        await using LazyDump dump = Prepare(static _ => true);
        await dump.ReadyAsync([target.ProcessId, .. target.Children()], Limit);
        using (var process = PidFd.Open(target.ProcessId))
        {
            PidFd.TrySignal(process, UserSignal).Should().BeTrue();
            SpinWait.SpinUntil(() => File.Exists(Directory["changed"]), TimeSpan.FromSeconds(10)).Should().BeTrue();
        }

        group.Freeze();
        await dump.HoldAsync(Dump(target) with { FreezeCgroup = group.Path }, Limit);
        (await dump.ConfirmMappingsAsync()).Should().Be(confirmed);
        int protection = new ImageDirectory(Directory["images"]).ReadMemoryAreas(target.ProcessId).First(area => area.Start <= mapping && area.End > mapping).Protection;
        protection.Should().Be(change.Contains("syscall(10", StringComparison.Ordinal) ? 1 : 3);
        await dump.RollbackAsync();
        group.Thaw();
        await target.AdvancesAsync();
    }

    /// <summary>What changes all the time is most likely another one in the freeze.</summary>
    [Fact]
    public async Task ReadyAsync_TargetChangesFlagsInBetween_IsLeftOut()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory, """
            $m = syscall(9, 0, 8192, 3, 0x4022, -1, 0); $advice = 16;
            $SIG{USR1} = sub { syscall(28, $m, 8192, $advice) == 0 or die; open(G, ">", "$ARGV[0]/advice$advice"); close(G); $advice++; };
            """);
        using TestGroup group = TestGroup.Any(target);
        await using LazyDump dump = Prepare(static _ => true);
        using var process = PidFd.Open(target.ProcessId);
        foreach (string advice in (string[])["advice16", "advice17"])
        {
            await dump.ReadyAsync([target.ProcessId], Limit);
            PidFd.TrySignal(process, UserSignal).Should().BeTrue();
            SpinWait.SpinUntil(() => File.Exists(Directory[advice]), TimeSpan.FromSeconds(10)).Should().BeTrue();
        }

        group.Freeze();
        await dump.HoldAsync(Dump(target) with { FreezeCgroup = group.Path }, Limit);
        (await dump.ConfirmMappingsAsync()).Should().BeTrue("CRIU has read the flags itself, and not those of the second reading");
        await dump.RollbackAsync();
        group.Thaw();
    }

    /// <summary>By chance two processes may have something at one address; surely a process has with itself.</summary>
    [Fact]
    public async Task IsApartFrom_SameAddresses_IsNot()
    {
        Requires.Criu();
        await using var blank = BlankAddressSpace.Start(new CriuWorkerOptions(), null);
        await blank.ReadyAsync(Limit);
        blank.IsApartFrom(BlankAddressSpace.Mappings(blank.ProcessId)).Should().BeFalse();
        blank.IsApartFrom(BlankAddressSpace.Mappings(Environment.ProcessId)).Should().BeTrue();
    }

    /// <summary>A program that is itself at fixed addresses collides with the process that is shown in its place.</summary>
    [Fact]
    public async Task HoldAsync_TargetAtFixedAddresses_IsDumpedLazily()
    {
        Requires.Criu();
        var process = WorkerProcess.StartAtFixedAddresses("/usr/bin/sleep", ["sleep", "60"], []);
        await using LazyDump dump = Prepare(static _ => true);
        await dump.HoldAsync(
            new CriuDumpOptions
            {
                ProcessId = process.ProcessId, ImagesDirectory = Directory.MakeDirectory("images"), CgroupMode = CriuCgroupMode.Ignore, NetworkLock = CriuNetworkLock.Skip,
            },
            Limit);
        dump.HiddenProcesses.Should().BeEmpty();
        ImageMemory.Measure(new ImageDirectory(Directory["images"])).LazyBytes.Should().BePositive();
        await dump.CommitAsync();
    }

    [Fact]
    public async Task ReadyAsync_FrozenTarget_MakesTheMappingsThatCriuMakes()
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
            await dump.ReadyAsync([target.ProcessId, .. target.Children()], Limit);
            await dump.HoldAsync(Dump(target, "hidden") with { FreezeCgroup = group.Path }, Limit);
            (await dump.ConfirmMappingsAsync()).Should().BeTrue();
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

    /// <summary>The kernel lets no process that has a filter of system calls itself, as the worker once had, suspend those of others.</summary>
    [Fact]
    public async Task HoldAsync_TargetWithASeccompFilter_IsHidden()
    {
        // prctl(PR_SET_NO_NEW_PRIVS), prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER) with a program that allows everything.
        using TargetProcess target = await TargetProcess.StartAsync(Directory, """
            $p = pack("SCCL", 6, 0, 0, 0x7fff0000); $f = pack("Sx6P", 1, $p); syscall(157, 38, 1, 0, 0, 0) == 0 or die; syscall(157, 22, 2, $f, 0, 0) == 0 or die;
            """);
        await using LazyDump dump = Prepare(static _ => true);
        await dump.HoldAsync(Dump(target), Limit);
        dump.HiddenProcesses.Should().BeEquivalentTo([target.ProcessId, .. target.Children()]);
        ImageMemory.Measure(new ImageDirectory(Directory["images"])).LazyBytes.Should().Be(0, "an ordinary dump of processes without pages has none");
        await dump.RollbackAsync();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_ExchangeFails_IsDumpedLazilyAndAsUsual()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = LazyDump.Prepare(
            new LazyDumpOptions { HidesMemory = static _ => true, Exchanging = static _ => throw new IOException("The worker cannot be entered.") });
        await dump.ReadyAsync([target.ProcessId, .. target.Children()], Limit);
        await dump.HoldAsync(Dump(target), Limit);
        dump.HiddenProcesses.Should().BeEmpty();
        ImageMemory.Measure(new ImageDirectory(Directory["images"])).LazyBytes.Should().BeGreaterThan(8 << 20);
        await dump.RollbackAsync();
        await target.AdvancesAsync();
    }

    /// <summary>A killed worker is no reason to try again: what killed it may do so again, with the tasks stopped all along.</summary>
    [Fact]
    public async Task HoldAsync_WorkerIsKilled_FailsAndTheTasksRunOn()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = LazyDump.Prepare(new LazyDumpOptions
        {
            HidesMemory = static _ => true,
            Exchanging = static worker =>
            {
                using SafeFileHandle handle = PidFd.Open(worker);
                PidFd.TrySignal(handle, PidFd.Kill);
            },
        });
        await ((Func<Task>)(() => dump.HoldAsync(Dump(target), Limit))).Should().ThrowAsync<CriuException>();
        await target.AdvancesAsync();
    }

    /// <summary>When the program that leads the worker dies, its namespace goes, and the worker ends with the tasks running on. By a process of its own, because this one cannot die.</summary>
    [Theory]
    [InlineData("stopped")]
    [InlineData("held")]
    public async Task LeadingProgramDies_TargetRunsOnAndWorkerEnds(string moment)
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        string program = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "..", "..", "U2CMigration.Disturbance", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "U2CMigration.Disturbance.dll"));
        CommandResult result = await LocalCommand.RunAsync(["dotnet", "exec", program, "dump", $"{target.ProcessId}", Directory.MakeDirectory("images"), moment], Limit);
        result.ExitCode.Should().Be(128 + PidFd.Kill, result.ToString());
        int worker = int.Parse(result.Output, CultureInfo.InvariantCulture);

        await target.AdvancesAsync();
        SpinWait.SpinUntil(() => TargetProcess.StateOf(worker) == ' ', TimeSpan.FromSeconds(10)).Should().BeTrue();
        TracerOf(target.ProcessId).Should().Be(0);
    }

    private static LazyDump Prepare(Func<int, bool> hides) =>
        LazyDump.Prepare(new LazyDumpOptions { HidesMemory = hides });

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

    private static int TracerOf(int processId)
    {
        const string Field = "TracerPid:";
        string line = File.ReadLines($"/proc/{processId}/status").First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return int.Parse(line.AsSpan(Field.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private static void ReadMemory(int processId, ulong address, Span<byte> destination)
    {
        using var memory = File.OpenHandle($"/proc/{processId}/mem");
        RandomAccess.Read(memory, destination, (long)address).Should().Be(destination.Length);
    }
}
