using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Serves a process that does not exist, once, while CRIU is still starting.</summary>
/// <remarks>
/// Without it the first touches after the resume wait until the code that serves them is compiled: 10 milliseconds, against 40 microseconds. A
/// userfaultfd of our own without registered memory refuses each copy, which takes the same way through the code.
/// </remarks>
internal static class Rehearsal
{
    private const int Pages = 64;
    private const int ProcessId = 1;

    internal static void Run()
    {
        SafeFileHandle? descriptor = Userfaultfd.TryCreate();
        if (descriptor is null)
        {
            return;
        }

        var counters = new LazyPagesCounters();
        var source = new NoSource();
        var tasks = new RestoredTasks([new LazyTask(ProcessId, [Range(0, Pages)])], source, counters);
        tasks.Arrived(ProcessId, descriptor, numberHere: 0);
        var touches = new TouchServer(new PageInstaller(source), counters, 1);
        Serve(tasks, new TaskServer(tasks, touches, counters), touches, counters);
        Fill(tasks, new PageFiller(tasks, new PageInstaller(source), counters), new FillPace(PageGeometry.Bytes, Pages * PageGeometry.Bytes));
        while (tasks.Open.Length > 0)
        {
            tasks.Close(tasks.Open[0]);
        }

        _ = counters.ToResult(TimeSpan.Zero);
    }

    private static LazyPageRange Range(int page, int pages) => new(ProcessId, AddressOf(page), pages);

    private static ulong AddressOf(int page) => (ulong)(page + 1) << PageGeometry.Shift;

    private static void Serve(RestoredTasks tasks, TaskServer server, TouchServer touches, LazyPagesCounters counters)
    {
        RestoredTask task = tasks.Open[0];
        ReadOnlySpan<UserfaultMessage> messages =
        [
            new() { Event = UserfaultEvent.Touch, Second = AddressOf(0) },
            new() { Event = UserfaultEvent.Touch, Second = AddressOf(Pages * 2) },
            new() { Event = UserfaultEvent.Remap, First = AddressOf(1), Second = AddressOf(Pages * 2), Third = AddressOf(0) },
            new() { Event = UserfaultEvent.Unmap, First = AddressOf(2), Second = AddressOf(3) },
        ];
        var reader = new TaskMessages(counters);
        reader.Apply(task, messages, 0, touches.Waiting, []);
        reader.Read(task, 0, touches.Waiting, []);
        using var descriptors = new Descriptors();
        descriptors.Signal();
        descriptors.Wait(tasks, -1, 0);
        server.Serve(descriptors, 0);
        touches.ReadAhead(task, AddressOf(4));
    }

    private static void Fill(RestoredTasks tasks, PageFiller filler, FillPace pace)
    {
        var request = new InstallRequest(new[] { Range(8, 4) }, Timeout.InfiniteTimeSpan, default);
        while (filler.Step(request, pace.Pages, isRegistered: true) != FillStep.Idle)
        {
            pace.Adapt(touched: true);
        }

        var walk = new PriorityWalk(new[] { Range(12, 4) });
        while (filler.Step(walk, pace.Pages) != FillStep.Idle && tasks.Open.Length > 0)
        {
            pace.Adapt(touched: false);
        }
    }

    private sealed class NoSource : ILazyPageSource
    {
        public LazyPageRun Find(int processId, ulong address, int maxPages) => new(1, maxPages);

        public void Release(int processId, ulong address, int pages)
        {
        }
    }
}
