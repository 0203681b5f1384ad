using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.IntegrationTests;

/// <summary>A parent and a child that count and check their memory, each in a file of its own; with nothing of this process.</summary>
internal sealed class TargetProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Freed = TimeSpan.FromMilliseconds(30);

    // Each line is the count and how many of 64 pieces of 64 KiB, which never change, are as they should be; the count changes a page.
    private const string Program = """
        $ARGV[1] and do { eval $ARGV[1]; die $@ if $@ };
        $name = fork ? "parent" : "child";
        open(F, ">>", "$ARGV[0]/$name"); F->autoflush(1);
        @memory = map { chr(65 + $_ % 26) x 65536 } 1..64;
        while (1) { $i++; $s = grep { $memory[$_] eq chr(65 + ($_ + 1) % 26) x 65536 } 0..63; syswrite(F, "$i $s\n"); select(undef, undef, undef, 0.005); }
        """;

    private readonly TemporaryDirectory _directory;

    private TargetProcess(TemporaryDirectory directory, int processId)
    {
        _directory = directory;
        ProcessId = processId;
    }

    public int ProcessId { get; }

    public static async Task<TargetProcess> StartAsync(TemporaryDirectory directory, string before = "")
    {
        Requires.Criu();
        Requires.Command("perl");
        while (true)
        {
            foreach (string name in (string[])["parent", "child"])
            {
                File.WriteAllText(directory[name], string.Empty);
            }

            var process = WorkerProcess.Start("/usr/bin/perl", ["perl", "-MIO::Handle", "-e", Program, directory.Path, before], []);
            var target = new TargetProcess(directory, process.ProcessId);
            await target.AdvancesAsync();
            if (!await target.HasAlignedStackPointerAsync())
            {
                return target;
            }

            int[] children = target.Children();
            target.Dispose();
            await target.HasGoneAsync(children);
        }
    }

    /// <summary>Whether CRIU would take all of the memory for stack, and leave nothing to a lazy dump (docs/decisions/0010): one process in 256.</summary>
    private async Task<bool> HasAlignedStackPointerAsync()
    {
        while (true)
        {
            // proc_pid_syscall(5): number, six arguments, stack pointer, program counter; or "running".
            string[] fields = (await File.ReadAllTextAsync($"/proc/{ProcessId}/syscall")).Split(' ');
            if (fields.Length >= 9)
            {
                return fields[7].EndsWith("000", StringComparison.Ordinal);
            }

            await Task.Delay(1);
        }
    }

    /// <summary>Waits until both processes have counted on, and checks what they say about their memory.</summary>
    public async Task AdvancesAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        foreach (string name in (string[])["parent", "child"])
        {
            int before = Lines(name).Length;
            while (Lines(name).Length < before + 3)
            {
                await Task.Delay(5, limit.Token);
            }

            Lines(name).Select(line => line.Split(' ')[1]).Distinct().Should().Equal(["64"], "the memory of a target never changes");
            Lines(name).Select(line => int.Parse(line.Split(' ')[0])).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        }
    }

    /// <summary>The state letter of a process: t when it is stopped by a tracer, a blank when it executes nothing any more.</summary>
    public char State() => StateOf(ProcessId);

    public static char StateOf(int processId)
    {
        try
        {
            string line = File.ReadAllText($"/proc/{processId}/stat");
            char state = line[line.LastIndexOf(')') + 2];
            return state is 'Z' or 'X' ? ' ' : state;
        }
        catch (IOException)
        {
            return ' ';
        }
    }

    public int[] Children() => [.. File.ReadAllText($"/proc/{ProcessId}/task/{ProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    /// <summary>Waits until the process and these others are gone, zombies too: only then are their ids free for a restore.</summary>
    public async Task HasGoneAsync(params int[] children)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (children.Append(ProcessId).Any(id => Directory.Exists($"/proc/{id}")))
        {
            await Task.Delay(5, limit.Token);
        }

        // A kernel from 6.15 on gives the numbers free a moment after nothing of the process is to be seen any more.
        await Task.Delay(Freed, limit.Token);
    }

    public void Dispose()
    {
        foreach (int id in StateOf(ProcessId) == ' ' ? [] : Children().Append(ProcessId))
        {
            using var handle = PidFd.Open(id);
            if (!handle.IsInvalid)
            {
                PidFd.TrySignal(handle, PidFd.Kill);
            }
        }
    }

    // The last line may be half written.
    private string[] Lines(string name) => File.ReadAllText(_directory[name]).Split('\n')[..^1];
}
