using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;

namespace U2CMigration.Core.WorkDirectories;

/// <summary>
/// Logs of failed migrations, kept beside the directory of the images, which goes with the migration. Small files in the work directory: of the newest
/// <see cref="Newest"/> migrations, each at most <see cref="MaxBytes"/>, readable for root alone, as CRIU names files and addresses of the workload in them.
/// </summary>
internal static partial class KeptLogs
{
    /// <summary>Of how many migrations logs are kept in a work directory.</summary>
    internal const int Newest = 10;

    /// <summary>The most that is kept of a log: its end, where the reasons stand.</summary>
    internal const int MaxBytes = 1 << 20;

    private static readonly TimeSpan Oldest = TimeSpan.FromDays(7);

    /// <summary>Keeps CRIU's log of a migration.</summary>
    /// <param name="imagesDirectory">The directory of its images, where the log is.</param>
    /// <param name="name">The log's name there.</param>
    /// <param name="logger">Hears of it when the log cannot be kept, which is no reason to fail.</param>
    /// <returns>Where it is now; null when there is none.</returns>
    public static string? Keep(string imagesDirectory, string name, ILogger logger)
    {
        string log = Path.Combine(imagesDirectory, name);
        return Try(logger, () =>
        {
            if (!File.Exists(log))
            {
                return null;
            }

            string kept = PathOf(imagesDirectory, Path.GetFileNameWithoutExtension(name));
            if (new FileInfo(log).Length <= MaxBytes)
            {
                // Takes no space, of which there may be none: that can be what failed.
                File.Move(log, kept, overwrite: true);
                Protect(kept);
            }
            else
            {
                CopyEnd(log, kept);
            }

            Prune(Path.GetDirectoryName(kept)!);
            return kept;
        });
    }

    /// <summary>Keeps a text about a migration, in the same way.</summary>
    /// <param name="imagesDirectory">The directory of its images.</param>
    /// <param name="kind">What it is, a part of the file's name.</param>
    /// <param name="text">The text.</param>
    /// <param name="logger">Hears of it when it cannot be kept.</param>
    /// <returns>Where it is; null when it could not be kept.</returns>
    public static string? Keep(string imagesDirectory, string kind, string text, ILogger logger) => Try(logger, () =>
    {
        string kept = PathOf(imagesDirectory, kind);
        using (var writer = new StreamWriter(Create(kept)))
        {
            writer.Write(text.Length <= MaxBytes ? text : text[..MaxBytes]);
        }

        Prune(Path.GetDirectoryName(kept)!);
        return kept;
    });

    /// <summary>Removes what is too old or too much.</summary>
    public static void Prune(string workDirectory)
    {
        // The work directory may be one that others use too.
        var migrations = new DirectoryInfo(workDirectory).EnumerateFiles("*.log")
            .Where(static file => OwnName().IsMatch(file.Name))
            .GroupBy(static file => file.Name.Split('.')[0])
            .OrderByDescending(static files => files.Max(static file => file.LastWriteTimeUtc));
        int index = 0;
        foreach (IGrouping<string, FileInfo> files in migrations)
        {
            bool stays = index++ < Newest && files.Max(static file => file.LastWriteTimeUtc) > TimeProvider.System.GetUtcNow() - Oldest;
            foreach (FileInfo file in stays ? Enumerable.Empty<FileInfo>() : files)
            {
                file.Delete();
            }
        }
    }

    private static string PathOf(string imagesDirectory, string kind) => $"{imagesDirectory}.{kind}.log";

    private static void CopyEnd(string log, string kept)
    {
        using var from = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        from.Seek(-Math.Min(from.Length, MaxBytes), SeekOrigin.End);
        using FileStream to = Create(kept);
        from.CopyTo(to);
    }

    private static FileStream Create(string path)
    {
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, how);
    }

    private static void Protect(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static string? Try(ILogger logger, Func<string?> keep)
    {
        try
        {
            return keep();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogNotKept(e);
            return null;
        }
    }

    [GeneratedRegex(@"^[0-9a-f]{32}(-in)?\.(dump|restore|defect)\.log$")]
    private static partial Regex OwnName();
}
