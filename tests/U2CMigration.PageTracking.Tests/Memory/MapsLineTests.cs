using System.Globalization;
using System.Text;
using CsCheck;
using U2CMigration.PageTracking.Memory;

namespace U2CMigration.PageTracking.Tests.Memory;

public sealed class MapsLineTests
{
    private static readonly string[] Paths = ["", "[heap]", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/tmp/a b  c", "/memfd:ä (deleted)"];

    private static readonly Gen<VirtualMemoryArea> Areas = Gen.Select(
        Gen.ULong[0x1000, 0x7fff_ffff_e000],
        Gen.ULong[1, 1 << 20],
        Gen.Int[0, 7],
        Gen.Bool,
        Gen.ULong[0, 1UL << 50],
        Gen.UInt[0, 0xFFF],
        Gen.ULong,
        Gen.Int[0, Paths.Length - 1].Select(static i => Paths[i]),
        static (start, pages, protection, shared, offset, device, inode, path) => new VirtualMemoryArea(
            start & ~0xFFFUL, (start & ~0xFFFUL) + (pages << 12), (MemoryProtection)protection, shared, offset, device, device / 3, inode, path));

    [Fact]
    public void TryMaterialize_LineOfAnyMapping_GivesTheMappingBack() => Areas.Sample(static area =>
    {
        MapsLine.TryParse(Line(area), out MapsLine line).Should().BeTrue();
        line.TryMaterialize(out VirtualMemoryArea? parsed).Should().BeTrue();
        parsed.Should().Be(area);
    });

    [Fact]
    public void TryParse_LineCutAnywhere_NeverThrows() => Gen.Select(Areas, Gen.Int[0, 120]).Sample(static (area, length) =>
    {
        byte[] line = Line(area);
        if (MapsLine.TryParse(line.AsSpan(0, Math.Min(length, line.Length)), out MapsLine parsed))
        {
            parsed.TryMaterialize(out _);
            _ = parsed.IsSpecial;
        }
    });

    [Fact]
    public void TryParse_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 100].Sample(static bytes =>
    {
        if (MapsLine.TryParse(bytes, out MapsLine parsed))
        {
            parsed.TryMaterialize(out _);
        }
    });

    [Theory]
    [InlineData("")]
    [InlineData("1000-2000")]
    [InlineData("1000-2000 rw")]
    [InlineData("2000-1000 rw-p 0 00:00 0")]
    [InlineData("1000-1000 rw-p 0 00:00 0")]
    [InlineData("x000-2000 rw-p 0 00:00 0")]
    [InlineData("1000-2000 rq-p 0 00:00 0")]
    [InlineData("1000-2000 rw-z 0 00:00 0")]
    [InlineData("-2000 rw-p 0 00:00 0")]
    [InlineData("1000-20000000000000000 rw-p 0 00:00 0")]
    public void TryParse_MalformedLine_IsRefused(string line) => MapsLine.TryParse(Encoding.UTF8.GetBytes(line), out _).Should().BeFalse();

    [Theory]
    [InlineData("[vvar]", true)]
    [InlineData("[vvar_vclock]", true)]
    [InlineData("[vdso]", true)]
    [InlineData("[vsyscall]", true)]
    [InlineData("[uprobes]", true)]
    [InlineData("[heap]", false)]
    [InlineData("[anon:vsomething]", false)]
    [InlineData("/opt/[vdso]", false)]
    public void IsSpecial_Name_TellsTheKernelsOwnPages(string name, bool special)
    {
        MapsLine.TryParse(Encoding.UTF8.GetBytes($"1000-2000 r-xp 00000000 00:00 0      {name}"), out MapsLine line).Should().BeTrue();

        line.IsSpecial.Should().Be(special);
    }

    [Fact]
    public void IsHugetlb_AnonymousHugePages_IsTrue()
    {
        MapsLine.TryParse("200000-400000 rw-p 00000000 00:0f 77   /anon_hugepage (deleted)"u8, out MapsLine line).Should().BeTrue();

        line.IsHugetlb.Should().BeTrue();
    }

    private static byte[] Line(VirtualMemoryArea area)
    {
        string flags = $"{Flag(area, MemoryProtection.Read, 'r')}{Flag(area, MemoryProtection.Write, 'w')}{Flag(area, MemoryProtection.Execute, 'x')}{(area.IsShared ? 's' : 'p')}";
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{area.Start:x8}-{area.End:x8} {flags} {area.Offset:x8} {area.DeviceMajor:x2}:{area.DeviceMinor:x2} {area.Inode} ");
        return Encoding.UTF8.GetBytes(area.Path.Length == 0 ? line : line.PadRight(73) + area.Path);
    }

    private static char Flag(VirtualMemoryArea area, MemoryProtection protection, char letter) => area.Protection.HasFlag(protection) ? letter : '-';

    [Theory]
    [InlineData("1000-2000 rw-p 00000000 00:00 0", true)]
    [InlineData("1000-2000 rw-p 00000000 00:00 0                          [heap]", true)]
    [InlineData("1000-2000 rw-p 00000000 00:00 0    [anon:a name]", true)]
    [InlineData("1000-2000 r-xp 00001000 fd:01 1048576                    /usr/bin/redis-server", false)]
    [InlineData("1000-2000 rw-p 00000000 00:01 2051                       /memfd:x (deleted)", false)]
    public void IsAnonymous_ByInode_TellsFilesApart(string text, bool expected)
    {
        MapsLine.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out MapsLine line).Should().BeTrue();

        line.IsAnonymous.Should().Be(expected);
    }
}
