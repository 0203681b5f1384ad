using System.Diagnostics;
using System.Globalization;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A running native/sharewriter: two processes with memory that both write in unusual ways.</summary>
internal sealed class ShareWriter : IDisposable
{
    internal const int Mebibytes = 16;
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly Process _process;

    /// <param name="kind">Anonymous memory, or a memory file that is only mapped, also open, or sent to no one yet.</param>
    internal ShareWriter(string kind = "anonymous")
    {
        ProcessStartInfo start = new(NativeProgram.Build("sharewriter"), [Mebibytes.ToString(CultureInfo.InvariantCulture), kind]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        string[] ready = _process.StandardOutput.ReadLine()!.Split(' ');
        ready[0].Should().Be("ready");
        HelperId = int.Parse(ready[1], CultureInfo.InvariantCulture);
    }

    internal int HelperId { get; }

    internal int ProcessId => _process.Id;

    internal IReadOnlyList<int> Tree => ProcessTree.List(ProcessId);

    /// <summary>Has one of the two do something, for example <c>helper write 5</c>.</summary>
    internal void Do(string what)
    {
        _process.StandardInput.WriteLine(what);
        _process.StandardOutput.ReadLine().Should().Be("done");
    }

    /// <summary>Does something with the memory from outside, and waits until it is done.</summary>
    internal void FromOutside(string how, params string[] arguments)
    {
        using Process outsider = Process.Start(NativeProgram.Build("sharewriter"), [how, PathOfMemory(), .. arguments]);
        outsider.WaitForExit();
        outsider.ExitCode.Should().Be(0);
    }

    /// <summary>A process outside that has the memory open until its input is closed.</summary>
    internal Process HoldFromOutside()
    {
        Process outsider = Process.Start(new ProcessStartInfo(NativeProgram.Build("sharewriter"), ["--hold", PathOfMemory()]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        outsider.StandardOutput.ReadLine().Should().Be("open");
        return outsider;
    }

    internal void Freeze()
    {
        Signals.Send(ProcessId, Stop);
        Signals.Send(HelperId, Stop);
        SpinWait.SpinUntil(() => Tree.All(IsStopped), TimeSpan.FromSeconds(20)).Should().BeTrue("all should stop, or end");
    }

    internal void Thaw()
    {
        foreach (int processId in Tree)
        {
            Signals.Send(processId, Continue);
        }
    }

    public void Dispose()
    {
        // Its helper ends with it.
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool IsStopped(int processId) => !ProcessTree.TryReadStat(processId, out ProcessStat stat) || stat.State is 'T' or 'Z';

    private string PathOfMemory() => $"/proc/{ProcessId}/map_files/{MapsOf(ProcessId)}";

    private static string MapsOf(int processId) => File.ReadLines($"/proc/{processId}/maps")
        .Where(static line => line.Contains(" rw-s ", StringComparison.Ordinal))
        .Select(static line => line.Split(' ', 2)[0])
        .First(area => area.Split('-') is [var start, var end] && Convert.ToInt64(end, 16) - Convert.ToInt64(start, 16) == Mebibytes << 20);
}
