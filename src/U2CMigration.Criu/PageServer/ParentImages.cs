using System.Globalization;
using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>A directory that stands for an earlier round of memory which somebody else than CRIU has taken.</summary>
/// <remarks>
/// <para>A dump leaves out what has not changed since soft-dirty bits were last cleared when its page server says that it has the parent, and its images
/// directory has a parent with an inventory. That inventory need only say when: processes that started later are dumped in full.</para>
/// <para>The order matters: call <see cref="Create"/>, then clear the bits of every process (write 4 to <c>/proc/PID/clear_refs</c>), then read all pages and
/// give them to the sink of the page server as a round of their own. Clearing bits later, without taking what they mark, loses pages.</para>
/// </remarks>
public static class ParentImages
{
    /// <summary>Makes the directory, as of now.</summary>
    /// <param name="path">The directory; made if it is not there.</param>
    public static void Create(string path)
    {
        Directory.CreateDirectory(path);
        ImageInventory.ForParent(Uptime()).Write(Path.Combine(path, ImageInventory.FileName));
    }

    private static TimeSpan Uptime()
    {
        string text = File.ReadAllText("/proc/uptime");
        return TimeSpan.FromSeconds(double.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));
    }
}
