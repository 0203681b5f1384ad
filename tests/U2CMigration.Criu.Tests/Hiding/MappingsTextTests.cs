using System.Text;
using U2CMigration.Criu.Hiding;

namespace U2CMigration.Criu.Tests.Hiding;

public sealed class MappingsTextTests
{
    private const string Heap = "55d0c0000000-55d0c0021000 rw-p 00000000 00:00 0                          [heap]";
    private const string Library = "7f0000000000-7f0000001000 r--p 00000000 fe:00 12                         /usr/lib/a library.so";

    private const string Smaps = $"""
        {Heap}
        Size:                132 kB
        THPeligible:           0
        VmFlags: rd wr mr mw me ac sd
        {Library}
        Rss:                   4 kB
        VmFlags: rd mr mw me uw

        """;

    [Fact]
    public void Parse_Smaps_KeepsMappingsAndFlagsButNotThoseOfTrackers() => Parse(Smaps).Mappings.Should().Equal(
        (Heap, "VmFlags: rd wr mr mw me ac"), (Library, "VmFlags: rd mr mw me"));

    [Fact]
    public void Parse_Smaps_AddsUpWhatIsResident() =>
        Parse(Smaps.Replace("Size:  ", "Rss:                  44 kB\nSize:  ")).ResidentKibibytes.Should().Be(48);

    /// <summary>A line that only begins like a mapping; found by fuzzing.</summary>
    [Theory]
    [InlineData("0\nVmFlags: rd")]
    [InlineData("55d0c0000000 -55d0c0021000\nVmFlags: rd")]
    [InlineData("Rss:")]
    public void Parse_AnotherText_IsRefusedAsThat(string text) => FluentActions.Invoking(() => Parse(text)).Should().Throw<FormatException>();

    [Theory]
    [InlineData("me ac sd", "me ac", false)] // soft-dirty, which is not told
    [InlineData("me ac sd", "me dc ac sd", true)]
    [InlineData("[heap]\nSize:                132 kB\nTHPeligible:           0\nVmFlags: rd wr", "[heaps]\nVmFlags: wf", false)]
    public void Contradicts_OtherFlagsOfTheSameMapping_AreSeen(string before, string after, bool expected)
    {
        string text = Smaps.ReplaceLineEndings("\n");
        string other = text.Replace(before, after);
        other.Should().NotBe(text);
        Parse(text).Contradicts(Parse(other)).Should().Be(expected);
    }

    [Fact]
    public void ToBytes_IsWhatCriuReads() => Encoding.UTF8.GetString(Parse(Smaps).ToBytes()).Should().Be(
        $"{Heap}\nVmFlags: rd wr mr mw me ac\n{Library}\nVmFlags: rd mr mw me\n");

    /// <summary>The name of a file may be any bytes, here 0xE9, which is no UTF-8.</summary>
    [Fact]
    public void ToBytes_NameOfAFile_IsTheSameBytes() =>
        Parse(Smaps.Replace("a library", "a libr\u00e9ry")).ToBytes().Should().Contain(0xE9).And.NotContain(0xC3);

    [Theory]
    [InlineData($"{Heap}\n{Library}\n", true)]
    [InlineData($"{Heap}\n", false)]
    [InlineData($"{Library}\n{Heap}\n", false)]
    [InlineData($"{Heap}\n{Library}\n{Library}\n", false)]
    [InlineData("", false)]
    public void HasMappingsOf_Maps_MustBeTheSameLines(string maps, bool expected) => Parse(Smaps).HasMappingsOf(new StringReader(maps)).Should().Be(expected);

    [Theory]
    [InlineData("VmFlags: rd wr mr mw me ac sd", "VmFlags: rd wr mr mw me ac", true)]
    [InlineData("VmFlags: rd wr mr mw me ac sd", "VmFlags: rd wr mr mw me dc ac sd", false)]
    [InlineData("[heap]", "[heaps]", false)]
    public void AreAmong_ChangedText_IsSeenWhereItMatters(string before, string after, bool expected) =>
        Parse(Smaps).AreAmong(Parse(Smaps.Replace(before, after))).Should().Be(expected);

    /// <summary>CRIU maps something of its own into a process that it dumps.</summary>
    [Fact]
    public void AreAmong_MoreMappings_IsTrue() =>
        Parse(Smaps).AreAmong(Parse("1000-2000 rwxs 00000000 00:05 1 /memfd:CRIU\nVmFlags: rd\n" + Smaps)).Should().BeTrue();

    [Fact]
    public void Read_ThisProcess_HasTheMappingsThatItHas()
    {
        // Not compared with its maps, as the memory of a test process grows in the meantime.
        MappingsText mappings = MappingsText.Read(Environment.ProcessId);
        mappings.Mappings.Should().HaveCountGreaterThan(10).And.OnlyContain(mapping => mapping.Flags.StartsWith("VmFlags: "));
    }

    private static MappingsText Parse(string smaps) => MappingsText.Parse(new StringReader(smaps));
}
