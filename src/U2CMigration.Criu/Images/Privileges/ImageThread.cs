using System.Globalization;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images.Privileges;

/// <summary>A thread of the dumped tree, or the only thing that is left of a process that has ended.</summary>
/// <param name="Number">Its number; that of the process for its first thread.</param>
/// <param name="Name">Its name, as it gave it to itself; empty for other threads than the first.</param>
/// <param name="Credentials">As whom it runs.</param>
/// <param name="HasSeccompFilter">Whether its system calls are filtered.</param>
internal sealed record ImageThread(int Number, string Name, ImageCredentials Credentials, bool HasSeccompFilter)
{
    private const uint Dead = 2;
    private const uint Zombie = 6;
    private const uint Filter = 2;
    private const string Prefix = "core-";
    private const string Suffix = ".img";

    /// <summary>Reads every thread of which there is an image, whether the tree names it or not: which of them a restore takes is no question then.</summary>
    /// <returns>The threads that run.</returns>
    /// <exception cref="CriuException">An image is damaged, or does not say clearly as whom a thread runs.</exception>
    internal static IReadOnlyList<ImageThread> ReadAll(ImageDirectory directory)
    {
        string[] paths = [.. Directory.EnumerateFiles(directory.Path, $"{Prefix}*{Suffix}")];
        var found = new ImageThread?[paths.Length];
        for (int i = 0; i < paths.Length; i++)
        {
            found[i] = Read(paths[i]);
        }

        return [.. found.OfType<ImageThread>().OrderBy(static one => one.Number)];
    }

    private static ImageThread? Read(string path)
    {
        CoreEntry entry = OnlyEntry.Read(path, CoreEntry.Parser, ImageMagic.Common, ImageMagic.Core);
        if (entry.Tc is { TaskState: Dead or Zombie })
        {
            // It runs nothing any more, and no one is left to run as.
            return null;
        }

        ReadOnlySpan<char> number = Path.GetFileName(path.AsSpan())[Prefix.Length..^Suffix.Length];
        return entry.ThreadCore is { Creds: { } credentials } thread && ImageCredentials.Of(credentials) is { } read
            ? new ImageThread(int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0, entry.Tc?.Comm ?? string.Empty, read, thread.SeccompMode == Filter)
            : throw ImageError.At(path, 0, "it does not say as whom the thread runs, and with which capabilities");
    }
}
