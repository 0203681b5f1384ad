using System.Text;
using CsCheck;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.PageTracking.Tests.SystemLevel;

public sealed class SystemTablesTests
{
    [Theory]
    [InlineData("pgfault 29072138\npgmajfault 4\n", "pgfault", 29072138)]
    [InlineData("pgpgin 1\npgpgout 2\npgfault 3", "pgpgout", 2)]
    [InlineData("MemTotal:       24684212 kB\nMemFree:         8289416 kB\n", "MemFree:", 8289416)]
    [InlineData("rchar: 9\nwchar: 17\nsyscr: 3\n", "wchar:", 17)]
    [InlineData("ctxt 21001360\nsoftirq 2817230 0 91253\n", "softirq", 2817230)]
    [InlineData("a -5\n", "a", -5)]
    public void TryFind_KnownName_GivesItsNumber(string table, string name, long expected)
    {
        SystemTables.TryFind(Encoding.UTF8.GetBytes(table), Encoding.UTF8.GetBytes(name), out long value).Should().BeTrue();

        value.Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pgfault")]
    [InlineData("pgfault \n")]
    [InlineData("pgfault x\n")]
    [InlineData("pgfault 1x\n")]
    [InlineData("xpgfault 1\n")]
    [InlineData("pgfaults 1\n")]
    [InlineData("pgfault 99999999999999999999\n")]
    public void TryFind_NoSuchNumber_IsFalse(string table) => SystemTables.TryFind(Encoding.UTF8.GetBytes(table), "pgfault"u8, out _).Should().BeFalse();

    [Fact]
    public void TryFindPressure_SomeAndFull_GivesTheTotalOfSome()
    {
        SystemTables.TryFindPressure("some avg10=26.60 avg60=23.11 avg300=14.50 total=219314546\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"u8, out long total).Should().BeTrue();

        total.Should().Be(219314546);
    }

    [Theory]
    [InlineData("")]
    [InlineData("full avg10=0.00 total=7\n")]
    [InlineData("some avg10=0.00\n")]
    [InlineData("some total=\n")]
    public void TryFindPressure_NoTotalOfSome_IsFalse(string table) => SystemTables.TryFindPressure(Encoding.UTF8.GetBytes(table), out _).Should().BeFalse();

    [Theory]
    [InlineData("254:0 rbytes=90 wbytes=4096 rios=3 wios=1 dbytes=0 dios=0\n7:0 rbytes=10 wbytes=1\n", "rbytes", 100)]
    [InlineData("254:0 rbytes=90 wbytes=4096 rios=3\n7:0 rbytes=10 wbytes=1", "wbytes", 4097)]
    [InlineData("254:0 \n", "wbytes", 0)]
    [InlineData("254:0 xwbytes=5 wbytes= wbytes=x\n", "wbytes", 0)]
    [InlineData("", "wbytes", 0)]
    public void SumDevices_Table_AddsUpTheKey(string table, string key, long expected) =>
        SystemTables.SumDevices(Encoding.UTF8.GetBytes(table), Encoding.UTF8.GetBytes(key)).Should().Be(expected);

    [Theory]
    [InlineData("4096\n", true, 4096)]
    [InlineData("max\n", false, 0)]
    public void TryNumber_FileOfOneNumber_IsReadIfItIsOne(string text, bool expected, long number)
    {
        SystemTables.TryNumber(Encoding.UTF8.GetBytes(text), out long value).Should().Be(expected);

        value.Should().Be(number);
    }

    [Fact]
    public void AllParsers_AnyBytes_NeverThrow() =>
        Gen.OneOf(Gen.Byte, Gen.Int[0, 5].Select(static i => (byte)" \n=19a"[i])).Array[0, 200].Sample(static bytes =>
        {
            _ = SystemTables.TryFind(bytes, "a"u8, out _);
            _ = SystemTables.TryFindPressure(bytes, out _);
            _ = SystemTables.SumDevices(bytes, "a"u8);
            _ = SystemTables.TryNumber(bytes, out _);
        });

    [Theory]
    [InlineData("9:name=systemd:/\n0::/\n", null)]
    [InlineData("5:devices:/x\n0::/system.slice/web.service\n", "/system.slice/web.service")]
    [InlineData("5:devices:/x\n", null)]
    [InlineData("", null)]
    public void FindCgroup_OfAProcess_IsNullForTheRoot(string cgroups, string? expected) => OwnCgroup.Find(cgroups).Should().Be(expected);
}
