using System.Text;

namespace U2CMigration.Files.Tests.Infrastructure;

/// <summary>A workload that does at random to a tree what can be done. The names are few, so that all meet all.</summary>
internal sealed class Upheaval(string root, int seed, bool withLocks = true, bool withLinks = true)
{
    private static readonly byte[][] Names =
    [
        [.. "a"u8], [.. "b"u8], [.. "c"u8], [.. "dir"u8], [0xff, 0xfe], [.. "line\nend"u8], [.. "sp ace\\"u8], Enumerable.Repeat((byte)'n', 255).ToArray(), [.. "..."u8],
    ];

    private static readonly byte[] Acl = Convert.FromHexString("0200000001000600ffffffff0200040001000000" + "04000400ffffffff10000600ffffffff20000400ffffffff");
    private static readonly byte[] Capability = Convert.FromHexString("0100000200040000000000000000000000000000");

    private readonly Random _random = new(seed);

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            Step();
        }
    }

    private void Step()
    {
        byte[] path = Any();
        switch (_random.Next(31))
        {
            case 0 or 1 or 2 or 3:
                Write(path, Posix.Create | Posix.Truncate, 0);
                break;
            case 4 or 5:
                Write(path, Posix.Append, 0);
                break;
            case 6:
                Write(path, Posix.Create, _random.Next(300_000));
                break;
            case 7:
                WithFile(path, file => _ = Posix.ftruncate(file, _random.Next(200_000)));
                break;
            case 8:
                WithFile(path, file => _ = Posix.fallocate(file, 3, _random.Next(40) * 4096, (1 + _random.Next(40)) * 4096));
                break;
            case 9:
                // Sparse, and larger than it is.
                WithFile(path, file => _ = Posix.pwrite(file, Bytes(100), 100, (_random.Next(8) << 20) + _random.Next(5000)));
                break;
            case 10 or 11 or 12 or 13:
                _ = Posix.rename(path, Any());
                break;
            case 14:
                _ = Posix.unlink(path);
                break;
            case 15 or 16 or 17:
                _ = Posix.mkdir(path, (uint)_random.Next(512) | 0x1c0);
                break;
            case 18:
                _ = Posix.rmdir(path);
                break;
            case 19 or 20:
                _ = withLinks ? Posix.link(path, Any()) : 0;
                break;
            case 21:
                MakeSymbolicLink(path);
                break;
            case 22:
                _ = _random.Next(4) switch
                {
                    0 => Posix.mknod(path, Posix.Fifo | 0x1a4, 0),
                    1 => Posix.mknod(path, Posix.Socket | 0x1ed, 0),
                    2 => Posix.mknod(path, Posix.CharacterDevice | 0x1b6, 0x103),
                    _ => Posix.mknod(path, Posix.CharacterDevice, 0),
                };
                break;
            case 23:
                ChangeRights(path);
                break;
            case 24:
                _ = Posix.lchown(path, (uint)_random.Next(3) * 1000, (uint)_random.Next(3) * 1000);
                break;
            case 25 or 26:
                ChangeAttributes(path);
                break;
            case 27:
                Posix.SetModified(path, _random.Next(2) * 1_000_000_000L, _random.Next(3));
                break;
            case 28:
                _ = Posix.WriteMapped(path, _random.Next(4096), (byte)_random.Next(1, 256));
                break;
            case 29:
                Replace(path);
                break;
            default:
                Lock(path);
                break;
        }
    }

    /// <summary>To a name beside it, or to nowhere: never out of the tree, as the paths here go through links.</summary>
    private void MakeSymbolicLink(byte[] path)
    {
        byte[] target = _random.Next(2) == 0 ? Names[_random.Next(Names.Length)] : [(byte)'-', .. Bytes(_random.Next(30)).Select(static b => b is 0 or (byte)'/' ? (byte)'-' : b)];
        _ = Posix.symlink([.. target, 0], path);
    }

    private void Write(byte[] path, int flags, long offset)
    {
        int file = Posix.Open(path, Posix.ReadWrite | Posix.NoFollow | flags);
        if (file >= 0)
        {
            byte[] bytes = Bytes(_random.Next(4) == 0 ? _random.Next(200_000) : _random.Next(3000));
            _ = (flags & Posix.Append) != 0 ? Posix.write(file, bytes, (nuint)bytes.Length) : Posix.pwrite(file, bytes, (nuint)bytes.Length, offset);
            _ = Posix.close(file);
        }
    }

    private void WithFile(byte[] path, Action<int> change)
    {
        int file = Posix.Open(path, Posix.ReadWrite | Posix.NoFollow);
        if (file >= 0)
        {
            change(file);
            _ = Posix.close(file);
        }
    }

    /// <summary>chmod(2) follows links, which may lead out of the tree.</summary>
    private void ChangeRights(byte[] path)
    {
        int file = Posix.Open(path, Posix.NoFollow);
        if (file >= 0)
        {
            _ = Posix.chmod([.. Encoding.UTF8.GetBytes($"/proc/self/fd/{file}"), 0], (uint)_random.Next(4096) | 0x100);
            _ = Posix.close(file);
        }
    }

    private void ChangeAttributes(byte[] path)
    {
        byte[] name = [.. _random.Next(6) switch { 0 => "user.one"u8, 1 => "user.two"u8, 2 => "trusted.three"u8, 3 => "security.capability"u8, 4 => "system.posix_acl_access"u8, _ => "system.posix_acl_default"u8 }, 0];
        byte[] value = name[0] == (byte)'s' ? (name[1] == (byte)'e' ? Capability : Acl) : Bytes(_random.Next(200));
        _ = _random.Next(3) == 0 ? Posix.lremovexattr(path, name) : Posix.lsetxattr(path, name, value, (nuint)value.Length, 0);
    }

    /// <summary>A directory by a file, with all that was in it, and the other way round.</summary>
    private void Replace(byte[] path)
    {
        if (_random.Next(2) == 0)
        {
            byte[] away = Any();
            _ = Posix.rename(path, away);
            _ = Posix.mkdir(path, 0x1ed);
        }
        else
        {
            _ = Posix.rename(path, Any());
            Write(path, Posix.Create, 0);
        }
    }

    private void Lock(byte[] path)
    {
        if (withLocks)
        {
            bool isKept = _random.Next(3) == 0;
            _ = Posix.SetFlags(path, _random.Next(3) switch { 0 => Posix.NoDump, 1 => Posix.Immutable, _ => Posix.AppendOnly });
            if (!isKept)
            {
                _ = Posix.SetFlags(path, 0);
            }
        }
    }

    private byte[] Any()
    {
        var path = new List<byte>(Encoding.UTF8.GetBytes(root));
        for (int depth = 1 + _random.Next(3); depth > 0; depth--)
        {
            path.Add((byte)'/');
            path.AddRange(depth > 1 && _random.Next(2) == 0 ? Names[3] : Names[_random.Next(Names.Length)]);
        }

        path.Add(0);
        return [.. path];
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        if (_random.Next(5) != 0)
        {
            _random.NextBytes(bytes);
        }

        return bytes;
    }
}
