using Microsoft.Win32.SafeHandles;
using U2CMigration.Containers.Interop;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Containers.Networking.Reading;

/// <summary>Reads the settings of a network namespace that are not those of a new one (<c>/proc/sys/net</c>, sysctl).</summary>
internal static class SettingReader
{
    private const string Root = "/proc/sys/net";
    private const UnixFileMode Writable = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Reads them.</summary>
    public static IReadOnlyDictionary<string, string> Read(string network)
    {
        using SafeFileHandle fresh = NewNetwork.Create();
        Dictionary<string, string> usual = Namespace.RunInNetwork(NewNetwork.PathOf(fresh), All);
        Dictionary<string, string> own = Namespace.RunInNetwork(network, All);
        return new SortedDictionary<string, string>(own.Where(one => !IsUsual(usual, one.Key, one.Value)).ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>A device begins with what is the default of the namespace.</summary>
    private static bool IsUsual(Dictionary<string, string> usual, string name, string value)
    {
        string[] steps = name.Split('/');
        string known = steps is [_, "conf" or "neigh", _, ..] && !usual.ContainsKey(name) ? string.Join('/', [.. steps[..2], "default", .. steps[3..]]) : name;
        return usual.GetValueOrDefault(known) == value;
    }

    /// <summary>All that can be read and written, in the namespace of the calling thread.</summary>
    private static Dictionary<string, string> All()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true }))
        {
            try
            {
                if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(file) & Writable) != 0)
                {
                    all[file[(Root.Length + 1)..]] = File.ReadAllText(file).TrimEnd('\n');
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Those that are only written, or have no value yet.
            }
        }

        return all;
    }
}
