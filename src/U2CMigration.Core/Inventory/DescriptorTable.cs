using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory;

/// <summary>Reads the open descriptors of processes.</summary>
internal static class DescriptorTable
{
    private const int MaxLink = 4096;

    private static readonly EnumerationOptions Plain = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Takes the link of one descriptor; not kept, so that those nobody asks for cost nothing.</summary>
    public delegate void Taker(int processId, int number, ReadOnlySpan<byte> link);

    /// <summary>All descriptors of a process; none when it has ended.</summary>
    public static List<HeldDescriptor> Read(int processId)
    {
        var descriptors = new List<HeldDescriptor>();
        Visit(processId, (process, number, link) => descriptors.Add(new HeldDescriptor(process, number, Encoding.UTF8.GetString(link))));
        return descriptors;
    }

    /// <summary>Goes through the descriptors of a process.</summary>
    public static void Visit(int processId, Taker take)
    {
        Span<byte> buffer = stackalloc byte[MaxLink];
        foreach (int number in Numbers(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd")))
        {
            if (DescriptorLink.Read(processId, number, buffer) is { Length: > 0 } link)
            {
                take(processId, number, link);
            }
        }
    }

    /// <summary>The processes of this host, as far as they can be seen from here.</summary>
    public static IReadOnlyList<int> Processes() => Numbers("/proc");

    private static IReadOnlyList<int> Numbers(string directory)
    {
        try
        {
            // The names alone: asking what each link leads to would cost more than all the rest.
            return [.. new FileSystemEnumerable<int>(directory, static (ref entry) => int.TryParse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1, Plain)
                .Where(static number => number >= 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or may not be looked into.
            return [];
        }
    }
}
