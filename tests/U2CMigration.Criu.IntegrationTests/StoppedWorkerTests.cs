using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Hiding;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Workers;
using U2CMigration.Testing;

namespace U2CMigration.Criu.IntegrationTests;

/// <summary>A worker is stopped where it waits, also when it takes its time to come there, as on a busy machine.</summary>
public sealed class StoppedWorkerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Stop_WorkerThatStillComputes_IsStoppedWhereItWaits()
    {
        Requires.Root();
        string fifo = Path.Combine(_directory.Path, "fifo");
        using (var made = Process.Start("mkfifo", [fifo]))
        {
            made.WaitForExit();
        }

        // No system call for some tenths of a second, then one that waits: for somebody who writes.
        var worker = WorkerProcess.Start("/bin/sh", ["sh", "-c", $"i=0; echo >{fifo}.begun; while [ $i -lt 300000 ]; do i=$((i + 1)); done; read x <{fifo}"], []);
        try
        {
            SpinWait.SpinUntil(() => File.Exists($"{fifo}.begun"), TimeSpan.FromSeconds(10)).Should().BeTrue();

            using StoppedWorker stopped = StoppedWorker.Stop(worker.ProcessId);

            stopped.Call(StoppedWorker.GetProcessId).Should().Be(worker.ProcessId);
        }
        finally
        {
            using SafeFileHandle process = PidFd.Open(worker.ProcessId);
            PidFd.TrySignal(process, PidFd.Kill);
        }
    }

    public void Dispose() => _directory.Dispose();
}
