using System.Diagnostics;
using System.Globalization;
using System.Net;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Testing;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Source;

/// <summary>Sends memory of real processes over a real connection; they end while that goes on.</summary>
public sealed class PageSenderTests : IAsyncLifetime
{
    private const int Pages = 64 << 10;

    private readonly PageStore _store = new(new PageStoreOptions());
    private MigrationListener _listener = null!;
    private MigrationConnection _source = null!;
    private MigrationConnection _destination = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new MigrationConnectionOptions();
        _listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, options);
        _source = await MigrationConnection.ConnectAsync(_listener.LocalEndPoint, ConnectionRole.Source, options, null, Cancellation);
        _destination = await _listener.AcceptAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
        await _listener.DisposeAsync();
        _store.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task SendAsync_AfterADropOfAWholeProcess_TheStoreHoldsNothingOfIt()
    {
        Task receiving = ReceiveAsync();
        using PageSender sender = Sender();
        using Process process = Start(out ulong address);
        var pages = new PageSet();
        pages.Add(process.Id, address, address + (16 * PageSize.Bytes));
        await sender.SendAsync(pages, null, null, Cancellation);

        sender.Drop([new PageRun(process.Id, 0, AddressSpace.Pages)]);
        await sender.SendAsync(new PageSet(), null, null, Cancellation);
        await EndAsync(receiving);
        process.Kill();

        sender.SentPages.Should().Be(16);
        _store.Statistics.HeldPages.Should().Be(0);
    }

    /// <summary>A process loses its memory first, which takes a while where there is much of it, and is called ended after that.</summary>
    [Fact(Timeout = 60_000)]
    public async Task SendAsync_WhileTheProcessEnds_LeavesItsPagesOut()
    {
        Task receiving = ReceiveAsync();
        using PageSender sender = Sender();
        using Process process = Start(out ulong address);
        var pages = new PageSet();
        pages.Add(process.Id, address, address + (4 * PageSize.Bytes));
        await sender.SendAsync(pages, null, null, Cancellation);
        int sent = 0;

        process.Kill();
        while (!process.HasExited)
        {
            await sender.SendAsync(pages, null, null, Cancellation);
            sent++;
        }

        await EndAsync(receiving);
        sent.Should().BePositive();
    }

    /// <summary>The number is given to another process at once: nothing of that may travel as if it were the first.</summary>
    [Fact(Timeout = 60_000)]
    public async Task SendAsync_NumberBelongsToAnotherProcessByNow_SendsNothingOfItInTheSameBreath()
    {
        Requires.Root();
        Task receiving = ReceiveAsync();
        using PageSender sender = Sender();
        using Process first = Start(out ulong address);
        var pages = new PageSet();
        pages.Add(first.Id, address, address + PageSize.Bytes);
        await sender.SendAsync(pages, null, null, Cancellation);
        int number = first.Id;
        first.Kill();
        await first.WaitForExitAsync(Cancellation);

        using Process second = StartAs(number, out ulong addressOfSecond);
        pages.Clear();
        pages.Add(number, addressOfSecond, addressOfSecond + PageSize.Bytes);
        await sender.SendAsync(pages, null, null, Cancellation);
        long sentOfTheSecondAtFirst = sender.SentPages;
        await sender.SendAsync(pages, null, null, Cancellation);
        await EndAsync(receiving);
        second.Kill();

        sentOfTheSecondAtFirst.Should().Be(1, "the hold on the first process does not open the second");
        sender.SentPages.Should().Be(2, "the next time it is taken hold of");
    }

    private PageSender Sender() => new(_source, new ProcessNumbers(Environment.ProcessId), null);

    private async Task ReceiveAsync()
    {
        while (true)
        {
            switch (await _destination.ReceiveAsync(_store, Cancellation))
            {
                case PagesDropped dropped:
                    foreach (PageRun run in dropped.Runs)
                    {
                        _store.Drop(run);
                    }

                    break;
                case RoundEnd:
                    return;
            }
        }
    }

    private async Task EndAsync(Task receiving)
    {
        await _source.SendAsync(new RoundEnd(0, 0, 0), Cancellation);
        await receiving;
    }

    /// <summary>A program with so much written memory that it takes milliseconds to give up.</summary>
    private static Process Start(out ulong address)
    {
        Process process = Process.Start(new ProcessStartInfo(NativeProgram.Build("memory_writer")) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardOutput.ReadLine().Should().Be("ready");
        address = ulong.Parse(Ask(process, $"map {Pages} anon"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Ask(process, $"write {address:x} {Pages} 1 1000 u").Should().Be("ok");
        return process;
    }

    private static Process StartAs(int number, out ulong address)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            File.WriteAllText("/proc/sys/kernel/ns_last_pid", (number - 1).ToString(CultureInfo.InvariantCulture));
            Process process = Start(out address);
            if (process.Id == number)
            {
                return process;
            }

            process.Kill();
            process.Dispose();
        }

        throw new InvalidOperationException($"No process could be started with the number {number}.");
    }

    private static string Ask(Process process, string command)
    {
        process.StandardInput.Write(command + "\n");
        process.StandardInput.Flush();
        return process.StandardOutput.ReadLine()!;
    }
}
