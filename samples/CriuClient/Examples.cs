using U2CMigration.Criu.Images;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.PageServer;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;

namespace CriuClient;

/// <summary>The examples of docs/criu-client.md.</summary>
public static class Examples
{
    private const int Rounds = 3;

    /// <summary>Version, features, check.</summary>
    public static async Task InfoAsync(CancellationToken cancellationToken)
    {
        await using CriuWorker worker = CriuWorker.Start();
        CriuVersion version = await worker.VersionAsync(cancellationToken);
        CriuFeatures features = await worker.FeatureCheckAsync(cancellationToken);
        Console.WriteLine($"CRIU {version}, memory tracking {features.MemoryTracking}, lazy pages {features.LazyPages}");
        await worker.CheckAsync(cancellationToken); // throws a CriuException that says what is missing
    }

    /// <summary>A dump whose last word is the caller's.</summary>
    public static async Task DumpAsync(int processId, string directory, CancellationToken cancellationToken)
    {
        await using CriuWorker worker = CriuWorker.Start();
        var options = new CriuDumpOptions { ProcessId = processId, ImagesDirectory = directory, ShellJob = true };
        await worker.DumpAsync(
            options,
            (notification, _) =>
            {
                Console.WriteLine(notification.Name);

                // The tasks are still stopped in post-dump. False would let them run on and fail the dump.
                return ValueTask.FromResult(true);
            },
            cancellationToken);
    }

    /// <summary>Rounds of pre-dumps and the dump on one worker, received by this process and left as one plain set of images.</summary>
    public static async Task PreDumpAsync(int processId, string directory, CancellationToken cancellationToken)
    {
        using PageServerConnection connection = PageServerConnection.Create();
        await using CriuWorker worker = CriuWorker.Start(new CriuWorkerOptions { InheritedHandles = [connection.Peer] });
        connection.Peer.Dispose();
        using var sink = new FlatteningSink(directory, ReadFrozenPage);
        for (int round = 0; round <= Rounds; round++)
        {
            bool last = round == Rounds;
            string images = Directory.CreateDirectory(Path.Combine(directory, last ? "images" : $"{round}")).FullName;
            if (last)
            {
                sink.Finish(new ImageDirectory(images));
            }

            var options = new CriuDumpOptions
            {
                ProcessId = processId,
                ImagesDirectory = images,
                TrackMemory = true,
                ParentImages = round == 0 ? "" : $"../{round - 1}",
                PageServer = new CriuPageServer { Descriptor = CriuWorker.InheritedDescriptor(0) },
                ShellJob = true,
            };
            Task<PageServerResult> received = new PageServerSession(connection.Stream, sink).RunAsync(cancellationToken);
            await (last ? worker.DumpAsync(options, cancellationToken: cancellationToken) : worker.PreDumpAsync(options, cancellationToken));
            PageServerResult result = await received;
            Console.WriteLine($"round {round}: {result.ReceivedPages} pages sent, {result.HolePages} unchanged");
        }
    }

    /// <summary>A restore that does not belong to this process.</summary>
    public static async Task RestoreAsync(string directory, CancellationToken cancellationToken)
    {
        await using CriuWorker worker = CriuWorker.Start();
        int root = await worker.RestoreAsync(new CriuRestoreOptions { ImagesDirectory = directory, ShellJob = true }, cancellationToken: cancellationToken);
        Console.WriteLine($"restored as process {root}");
    }

    private static bool ReadFrozenPage(int processId, ulong address, Span<byte> page)
    {
        using FileStream memory = File.OpenRead($"/proc/{processId}/mem");
        return RandomAccess.Read(memory.SafeFileHandle, page, (long)address) == page.Length;
    }
}
