using System.Globalization;
using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>Whatever a workload does to its files while the rounds run, the destination has the same after the last one. <c>U2C_FILE_HISTORIES</c> has more, or fewer, of them run, <c>U2C_FILE_HISTORY</c> a certain one.</summary>
public sealed class HistoryTests
{
    private static readonly int Histories = int.TryParse(Environment.GetEnvironmentVariable("U2C_FILE_HISTORIES"), CultureInfo.InvariantCulture, out int count) ? count : 1000;

    private static readonly int? Only = int.TryParse(Environment.GetEnvironmentVariable("U2C_FILE_HISTORY"), CultureInfo.InvariantCulture, out int seed) ? seed : null;

    [Fact]
    public async Task Rounds_OfADirectoryThatChanges_EndInTheSame()
    {
        Requires.Root();
        foreach (int seed in Seeds(Histories))
        {
            using var folders = new Folders();
            using Transfer transfer = Transfer.Of(folders);
            await RunAsync(transfer, new Upheaval(folders.Source, seed), seed, folders.Source, folders.Destination);
        }
    }

    /// <summary>Where times are trusted, on a disk.</summary>
    [Fact]
    public async Task Rounds_OfADirectoryOnADisk_EndInTheSame()
    {
        Requires.Root();
        foreach (int seed in Seeds(Histories / 10))
        {
            using var folders = new Folders(inMemory: false);
            using Transfer transfer = Transfer.Of(folders);
            await RunAsync(transfer, new Upheaval(folders.Source, seed), seed, folders.Source, folders.Destination);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("metacopy")]
    public async Task Rounds_OfAnOverlayThatChanges_EndInTheSame(string option)
    {
        Requires.Root();
        foreach (int seed in Seeds(Histories / 10))
        {
            using var folders = new Folders();
            string lower = folders.Make("lower");

            // Several names of one file of the image come apart on any overlay when it is written to, and here when a directory with one of them is renamed.
            new Upheaval(lower, seed + 1_000_000, withLocks: false, withLinks: option.Length == 0).Run(60);
            (string, string)[] options = option.Length == 0 ? [] : [("metacopy", "on"), ("redirect_dir", "on")];
            using var source = new Overlay(lower, folders.Make("upper"), folders.Make("work"), options);
            using var destination = new Overlay(lower, folders.Make("upper2"), folders.Make("work2"));
            using var transfer = new Transfer(
                new FileTreeSourceOptions
                {
                    Roots = [new FileTreeRoot { Name = "/", Path = Path.Combine(folders.Top, "upper"), Kind = FileTreeKind.OverlayUpper, MergedPath = option.Length == 0 ? null : source.Path }],
                    Processes = static () => [Environment.ProcessId],
                },
                new FileTreeDestinationOptions { Targets = [new FileTreeTarget { Name = "/", Path = destination.Path, Kind = FileTreeKind.OverlayUpper }], AllowDevices = true, Flush = false });
            await RunAsync(transfer, new Upheaval(source.Path, seed, withLocks: false), seed, source.Path, destination.Path);
        }
    }

    private static IEnumerable<int> Seeds(int count) => Only is { } only ? [only] : Enumerable.Range(0, count);

    private static async Task RunAsync(Transfer transfer, Upheaval workload, int seed, string source, string destination)
    {
        workload.Run(seed % 50);
        var running = new Thread(() => workload.Run(200));
        running.Start();
        try
        {
            for (int round = 0; round < 1 + (seed % 4); round++)
            {
                await transfer.RoundAsync();
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"History {seed}: {e.Message}", e);
        }
        finally
        {
            running.Join();
        }

        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(source, destination).Should().BeEmpty($"history {seed} ended");
        (await transfer.VerifyAsync()).Should().Match<FileTreeVerification>(static result => result.IsEqual && result.Entries > 0, $"history {seed} ended");
    }
}
