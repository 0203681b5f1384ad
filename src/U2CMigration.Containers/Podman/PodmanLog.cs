using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Containers.Interop;

namespace U2CMigration.Containers.Podman;

/// <summary>The log of a container, which podman keeps in a file: what was written after the container was described is carried when it is frozen.</summary>
internal static class PodmanLog
{
    /// <summary>The most that is carried while the container is frozen.</summary>
    public const long MostBytes = 16 << 20;

    private const string From = "log-from";
    private const string Text = "log-text";

    /// <summary>conmon reads what the container has written within microseconds.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>How much of a log is not carried yet.</summary>
    /// <param name="path">The log.</param>
    /// <param name="carried">So many bytes of its beginning are.</param>
    public static long Rest(string path, long carried) => File.Exists(path) ? StartOf(new FileInfo(path).Length, carried) is var start ? new FileInfo(path).Length - start : 0 : 0;

    /// <summary>Reads the rest.</summary>
    /// <param name="path">The log.</param>
    /// <param name="carried">So many bytes of its beginning are carried already.</param>
    /// <param name="mayBeCut">Whether the caller allows to leave older lines where there is too much.</param>
    /// <returns>What the other side has to know; and how many bytes of older lines are left.</returns>
    /// <exception cref="IOException">It cannot be read, or is too much.</exception>
    public static (IReadOnlyDictionary<string, string> State, long Left) Take(string path, long carried, bool mayBeCut)
    {
        using SafeFileHandle log = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = RandomAccess.GetLength(log);
        long start = StartOf(length, carried);
        if (length - start > MostBytes && !mayBeCut)
        {
            throw new IOException(TooMuch(length - start));
        }

        // What is left out is older than what is carried, so that the log has no gap: the beginning that is on the way already is dropped as well.
        bool isCut = length - start > MostBytes;
        long left = isCut ? length - MostBytes : 0;
        byte[] rest = new byte[(int)Math.Min(length - start, MostBytes)];
        int read = 0;
        for (long at = length - rest.Length; read < rest.Length;)
        {
            int count = RandomAccess.Read(log, rest.AsSpan(read), at + read);
            if (count == 0)
            {
                break;
            }

            read += count;
        }

        int skipped = isCut ? Array.IndexOf(rest, (byte)'\n', 0, read) + 1 : 0;
        return (new Dictionary<string, string>
        {
            [From] = (isCut ? 0 : start).ToString(CultureInfo.InvariantCulture),
            [Text] = Convert.ToBase64String(rest, skipped, read - skipped),
        }, left);
    }

    /// <summary>Waits until conmon has read what the frozen container has written.</summary>
    /// <param name="processId">The first process of the container.</param>
    public static async Task DrainAsync(int processId)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (((int[])[1, 2]).Any(descriptor => PipeFill.Of($"/proc/{processId}/fd/{descriptor}") > 0) && TimeProvider.System.GetElapsedTime(start) < DrainLimit)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    /// <summary>Adds what the source has read. conmon has the log open for appending, and writes nothing before the container runs.</summary>
    /// <param name="path">The log on this host.</param>
    /// <param name="state">What the source says.</param>
    /// <exception cref="IOException">It cannot be written, or makes no sense.</exception>
    public static void Give(string path, IReadOnlyDictionary<string, string> state)
    {
        if (!state.TryGetValue(Text, out string? text) || !state.TryGetValue(From, out string? from))
        {
            return;
        }

        try
        {
            using SafeFileHandle log = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            long start = Math.Min(long.Parse(from, NumberStyles.None, CultureInfo.InvariantCulture), RandomAccess.GetLength(log));
            RandomAccess.SetLength(log, start);
            RandomAccess.Write(log, Convert.FromBase64String(text), start);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new IOException($"The source has sent the log of the container in a way that is not known here: {e.Message}", e);
        }
    }

    /// <summary>That the log is too long, and what helps.</summary>
    public static string TooMuch(long bytes) =>
        $"the log of the container has {bytes >> 20} MiB that are to be carried while it is frozen, and at most {MostBytes >> 20} MiB are. Limit its log (--log-opt max-size=10mb), or allow to leave older lines: {nameof(ContainerOptions)}.{nameof(ContainerOptions.AllowShorterLog)} (agent: --allow-shorter-log)";

    /// <summary>A log that is shorter than what was carried of it has begun again.</summary>
    private static long StartOf(long length, long carried) => length < carried ? 0 : carried;
}
