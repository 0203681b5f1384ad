using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.WriteProtect;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>How long a program is held up by being tracked: nothing that the tracker does may keep the map of its memory for as long as the whole memory takes.</summary>
public sealed class HeldUpTests
{
    private const int MemoryMib = 1536;
    private const int PiecePages = 16_384;
    private const int Attempts = 7;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A program that maps and unmaps waited for all of the first collection, up to 1.4 s with 4 GiB.</summary>
    [Fact]
    public async Task Collect_First_HoldsUpAProgramThatMapsForAFractionOfItsTime()
    {
        Requires.PagemapScan();
        using Program program = await Program.StartAsync("stutter", 7861, "--memory-mib", $"{MemoryMib}");
        double least = double.MaxValue;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            using WriteProtectTracker tracker = WriteProtectTracker.Attach(program.ProcessId);
            await program.AskAsync("check");
            long start = Stopwatch.GetTimestamp();
            tracker.Collect(new PageSet(), Cancellation);
            double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            string gaps = await program.AskAsync("check");

            // What holds up one that only looks at the clock is not the tracker.
            double held = Math.Max(0, Gap(gaps, "mapper") - Gap(gaps, "watch"));
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first collection {took:F1} ms, mapping held up for {held:F1} ms more than anything"));
            least = Math.Min(least, held / took);
        }

        least.Should().BeLessThan(0.15);
    }

    /// <summary>Whatever the machine is doing: no call protects more than a piece, and protection is removed only where there is any.</summary>
    [Fact]
    public void CollectWritten_MuchMemory_EndsEachCallAfterAPiece()
    {
        Requires.PagemapScan();
        using var writer = new MemoryWriter();
        MemoryBlock block = writer.Map(3 * PiecePages);
        block.WriteAll();
        var span = new ScanSpan(block.Address, block.Address + (3UL * PiecePages << PageSize.Shift), IsAnonymous: true);
        var scanner = new PagemapScanner(KernelFeatures.Probe());
        using SafeFileHandle pagemap = ProcFile.Open(writer.ProcessId, "pagemap");
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        scanner.HasProtected(pagemap, span.Start, span.End).Should().BeFalse();
        tracker.Collect(new PageSet(), Cancellation);
        scanner.HasProtected(pagemap, span.Start, span.End).Should().BeTrue();
        block.WriteAll();
        ulong start = span.Start;
        int calls = 0;
        ulong pages = 0;
        while (start < span.End)
        {
            scanner.CollectWritten(pagemap, span, ref start, out ReadOnlySpan<NativeMethods.PageRegion> found).Should().Be(0);
            ulong piece = 0;
            foreach (NativeMethods.PageRegion region in found)
            {
                piece += (region.End - region.Start) >> PageSize.Shift;
            }

            piece.Should().BeLessThanOrEqualTo(PiecePages);
            pages += piece;
            calls++;
        }

        calls.Should().BeInRange(3, 4);
        pages.Should().Be(3 * PiecePages);
    }

    private static double Gap(string gaps, string kind) =>
        double.Parse(Regex.Match(gaps, $"{kind}-gap-us=([0-9]+)").Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 1000;

    /// <summary>A program of native/ with a connection to it.</summary>
    private sealed class Program : IDisposable
    {
        private readonly Process _process;
        private readonly TcpClient _client = new();
        private StreamWriter? _to;
        private StreamReader? _from;

        private Program(Process process) => _process = process;

        public int ProcessId => _process.Id;

        public static async Task<Program> StartAsync(string name, int port, params string[] options)
        {
            string listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
            var program = new Program(Process.Start(new ProcessStartInfo(NativeProgram.Build(name), ["--listen", listen, .. options]) { RedirectStandardOutput = true })!);
            (await program._process.StandardOutput.ReadLineAsync(Cancellation)).Should().Be("ready");
            await program._client.ConnectAsync("127.0.0.1", port, Cancellation);
            program._to = new StreamWriter(program._client.GetStream()) { AutoFlush = true };
            program._from = new StreamReader(program._client.GetStream());
            return program;
        }

        public async Task<string> AskAsync(string command)
        {
            await _to!.WriteAsync($"{command}\n");
            string answer = await _from!.ReadLineAsync(Cancellation) ?? string.Empty;
            answer.Should().StartWith("ok ");
            return answer;
        }

        public void Dispose()
        {
            _client.Dispose();
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
