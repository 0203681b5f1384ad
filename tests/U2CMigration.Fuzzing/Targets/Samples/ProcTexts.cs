using System.Text;

namespace U2CMigration.Fuzzing.Targets.Samples;

/// <summary>Texts of the kernel, in the order of the readings of <see cref="ProcTarget"/>.</summary>
internal static class ProcTexts
{
    private const string Stat = "4711 (a) b) S 1 4711 4711 0 -1 4194560 100 0 0 0 12 34 0 0 20 0 3 0 123456 1000 100 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n";
    private const string Maps = "55f000000000-55f000003000 r-xp 00001000 fe:00 5384013                    /usr/bin/red is\n7f0000000000-7f0000002000 rw-s 00000000 00:01 77 /memfd:a (deleted)\n";
    private const string Tcp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:18EB 0100007F:18EC 01 00000000:00000000 00:00000000 00000000     0        0 4711 1 0\n";
    private const string Smaps = "55f000000000-55f000003000 rw-p 00000000 00:00 0 \nRss:                  12 kB\nVmFlags: rd wr mr mw me ac sl wf \n";

    public static IEnumerable<byte[]> All { get; } =
    [
        .. new[]
        {
            Stat,
            "Name:\tredis\nState:\tS (sleeping)\nTracerPid:\t0\nNSpid:\t4711\t7\nCapEff:\t000001ffffffffff\n",
            Maps,
            "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n31 1 0:27 /a /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n",
            Tcp,
            Tcp,
            "1: POSIX  ADVISORY  WRITE 812 fe:00:5384013 0 EOF\n1: -> POSIX  ADVISORY  WRITE 813 fe:00:5384013 0 EOF\n2: LEASE BREAKING READ 7 fe:00:1 0 EOF\n",
            Stat,
            "0-3,8",
            "MemTotal:       1000 kB\nMemAvailable:   900 kB\n0::/a/b\n",
            Maps,
            "inotify wd:1 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:7e9e0000640d1b6d\n",
            "VmRSS:\t    1234 kB\n",
            Stat,
            "flags\t\t: fpu avx2 sse4_2\n",
            Smaps,
            Smaps,
        }.Select(Encoding.UTF8.GetBytes),
        [1, 2, 0, 0, 7, 0, 0, 0, .. new byte[8], 10, 0, 0, 0, .. "/run/a"u8, 0, 0, 8, 0, 2, 0, 9, 0, 0, 0],
        [10, 1, 0, 0, 0x18, 0xeb, 0, 80, .. new byte[64]],
        [88, 0, 0, 0, 20, 0, 0, 0, .. new byte[8], 2, 1, .. new byte[70], 20, 0, 0, 0, 3, 0, .. new byte[14]],
    ];
}
