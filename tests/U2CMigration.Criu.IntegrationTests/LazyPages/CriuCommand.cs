using System.Diagnostics;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>CRIU's command line, as far as a lazy migration needs it.</summary>
internal static class CriuCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts a dump and returns when all images but the memory are written; the process tree stays frozen until it is killed.</summary>
    internal static async Task<Process> DumpLazilyAsync(int processId, string directory)
    {
        string command = $"exec criu dump -t {processId} -D {directory} -v4 -o dump.log --lazy-pages --address 127.0.0.1 --port 9901 --status-fd 9 9>&1 >/dev/null 2>&1 </dev/null";
        Process dump = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        byte[] status = new byte[1];
        int read = await dump.StandardOutput.BaseStream.ReadAsync(status).AsTask().WaitAsync(Patience);
        read.Should().Be(1, "CRIU writes one byte when it is ready; its log says why not: {0}", Tail(Path.Combine(directory, "dump.log")));
        return dump;
    }

    /// <summary>Restores lazily; returns when the processes run.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="actionScript">A program that CRIU runs at each stage and waits for.</param>
    internal static async Task RestoreLazilyAsync(string directory, string? actionScript = null)
    {
        string hold = actionScript is null ? "" : $"--action-script {actionScript}";
        using Process restore = Process.Start("sh", ["-c", $"exec criu restore --lazy-pages -d -D {directory} -v4 -o restore.log {hold} </dev/null >/dev/null 2>&1"]);
        await restore.WaitForExitAsync().WaitAsync(Patience);
        restore.ExitCode.Should().Be(0, "CRIU's log says why not: {0}", Tail(Path.Combine(directory, "restore.log")));
    }

    /// <summary>The processes of an image directory with their lazy ranges.</summary>
    internal static LazyTask[] ReadLazyTasks(string directory) =>
        [.. Directory.EnumerateFiles(directory, "pagemap-*.img").Where(IsOfATask).Select(ReadLazyTask)];

    private static bool IsOfATask(string file) => char.IsAsciiDigit(Path.GetFileName(file)["pagemap-".Length]);

    private static LazyTask ReadLazyTask(string file)
    {
        const ulong Lazy = 2;
        int processId = int.Parse(Path.GetFileNameWithoutExtension(file)["pagemap-".Length..], System.Globalization.CultureInfo.InvariantCulture);
        byte[] image = File.ReadAllBytes(file);
        var ranges = new List<LazyPageRange>();
        int position = 8;
        position += 4 + BitConverter.ToInt32(image, position);
        while (position < image.Length)
        {
            int length = BitConverter.ToInt32(image, position);
            ulong[] fields = ReadFields(image.AsSpan(position + 4, length));
            if ((fields[4] & Lazy) != 0)
            {
                ranges.Add(new LazyPageRange(processId, fields[1], (long)Math.Max(fields[2], fields[5])));
            }

            position += 4 + length;
        }

        return new LazyTask(processId, ranges);
    }

    /// <summary>The fields of a pagemap_entry, all of which are variable-length integers.</summary>
    private static ulong[] ReadFields(ReadOnlySpan<byte> message)
    {
        var fields = new ulong[8];
        while (!message.IsEmpty)
        {
            ulong key = ReadNumber(ref message);
            fields[key >> 3] = ReadNumber(ref message);
        }

        return fields;
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> message)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[0];
            message = message[1..];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }

    private static string Tail(string log) =>
        File.Exists(log) ? string.Join('\n', File.ReadLines(log).Where(line => line.Contains("Error", StringComparison.Ordinal)).TakeLast(5)) : "there is no log";
}
