using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Interop;

namespace U2CMigration.Files.Tests.Infrastructure;

/// <summary>Everything that can be seen of a tree, as lines; by another way than the library's walk and digests.</summary>
internal static class TreeText
{
    public static SortedDictionary<string, string> Of(string path)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        FileCalls.Open(path, FileCalls.O_DIRECTORY, out SafeFileHandle root).Should().Be(0);
        using (root)
        {
            var inodes = new Dictionary<(uint, uint, ulong), string>();
            Add(lines, inodes, root, ".\0"u8.ToArray(), "");
            AddEntries(lines, inodes, root, "");
        }

        return lines;
    }

    /// <summary>What differs, at most ten lines of it.</summary>
    public static IReadOnlyList<string> Differences(string one, string other)
    {
        SortedDictionary<string, string> left = Of(one);
        SortedDictionary<string, string> right = Of(other);
        return
        [
            .. left.Keys.Union(right.Keys).Where(key => left.GetValueOrDefault(key) != right.GetValueOrDefault(key))
                .Select(key => $"{key}: {left.GetValueOrDefault(key) ?? "absent"} <> {right.GetValueOrDefault(key) ?? "absent"}").Take(10),
        ];
    }

    private static void AddEntries(SortedDictionary<string, string> lines, Dictionary<(uint, uint, ulong), string> inodes, SafeFileHandle directory, string path)
    {
        var names = new List<byte[]>();
        byte[] entries = new byte[32 << 10];
        for (int bytes; (bytes = FileCalls.ReadEntries(directory, entries)) > 0;)
        {
            for (int at = 0; at < bytes; at += BinaryPrimitives.ReadUInt16LittleEndian(entries.AsSpan(at + 16)))
            {
                ReadOnlySpan<byte> name = entries.AsSpan(at + 19);
                names.Add(name[..(name.IndexOf((byte)0) + 1)].ToArray());
            }
        }

        foreach (byte[] name in names.Where(static name => name is not [(byte)'.', 0] and not [(byte)'.', (byte)'.', 0]).OrderBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            string below = $"{path}/{Encoding.Latin1.GetString(name.AsSpan(0, name.Length - 1))}";
            if (Add(lines, inodes, directory, name, below))
            {
                FileCalls.Open(directory, name, FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW, 0, 0, out SafeFileHandle child).Should().Be(0);
                using (child)
                {
                    AddEntries(lines, inodes, child, below);
                }
            }
        }
    }

    /// <returns>Whether it is a directory.</returns>
    private static unsafe bool Add(SortedDictionary<string, string> lines, Dictionary<(uint, uint, ulong), string> inodes, SafeFileHandle directory, byte[] name, string path)
    {
        FileCalls.StatX status;
        fixed (byte* start = name)
        {
            FileCalls.Status(directory, start, out status).Should().Be(0);
        }

        int type = status.Mode >> 12;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"mode {status.Mode:x} owner {status.UserId}:{status.GroupId} time {status.ModifiedSeconds}.{status.ModifiedNanoseconds:d9} flags {(type is 4 or 8 ? status.Attributes & 0x70 : 0):x}");
        if (type != 4)
        {
            (uint, uint, ulong) inode = (status.DeviceMajor, status.DeviceMinor, status.Inode);
            text.Append(CultureInfo.InvariantCulture, $" links {status.Links} device {status.RawDeviceMajor}:{status.RawDeviceMinor} size {status.Size} same as {(inodes.TryAdd(inode, path) ? "none" : inodes[inode])}");
        }

        if (type == 8)
        {
            FileCalls.Open(directory, name, FileCalls.O_NOATIME, 0, 0, out SafeFileHandle file).Should().Be(0);
            using var contents = new FileStream(file, FileAccess.Read, 1);
            text.Append(" contents ").Append(Convert.ToHexString(SHA256.HashData(contents))[..16]);
        }
        else if (type == 10)
        {
            byte[] target = new byte[4096];
            text.Append(" leads to ").Append(Encoding.Latin1.GetString(target.AsSpan(0, FileCalls.ReadLink(directory, name, target))));
        }

        AddAttributes(text, directory, name);
        lines.Add(path, text.ToString());
        return type == 4;
    }

    private static void AddAttributes(StringBuilder text, SafeFileHandle directory, byte[] name)
    {
        byte[] path = new byte[DescriptorPath.Length];
        DescriptorPath.Write(path, directory, name);
        byte[] names = new byte[64 << 10];
        byte[] value = new byte[64 << 10];
        int bytes = Math.Max(0, FileCalls.ListAttributes(path, names));
        foreach (string attribute in Encoding.Latin1.GetString(names.AsSpan(0, bytes)).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            int length = FileCalls.GetAttribute(path, Encoding.Latin1.GetBytes(attribute + "\0"), value);
            text.Append(CultureInfo.InvariantCulture, $" {attribute}={Convert.ToHexString(value.AsSpan(0, Math.Max(0, length)))}");
        }
    }
}
