using System.Text;
using U2CMigration.PageTracking.Memory;

namespace U2CMigration.PageTracking.Tests.Memory;

public sealed class MapsReaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void TryRead_FileLongerThanTheBuffer_GivesEveryLine(int lines)
    {
        IEnumerable<string> content = Enumerable.Range(1, lines).Select(static i => $"{i:x5}000-{i + 1:x5}000 rw-p 00000000 00:00 0    {new string('x', i % 300)}");

        Read(string.Concat(content.Select(static line => line + "\n"))).Should().Equal(Enumerable.Range(1, lines).Select(static i => (ulong)i << 12));
    }

    [Fact]
    public void TryRead_AfterRewind_StartsAgain()
    {
        using TemporaryFile file = new("1000-2000 rw-p 00000000 00:00 0\n");
        using MapsReader reader = new(file.Open(), 1);
        reader.TryRead(out _);
        reader.TryRead(out _).Should().BeFalse();

        reader.Rewind();

        reader.TryRead(out MapsLine line).Should().BeTrue();
        line.Start.Should().Be(0x1000UL);
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("1000-2000 rw-p 00000000 00:00 0")]
    public void TryRead_MalformedFile_SaysSo(string content)
    {
        Action read = () => Read(content);

        read.Should().Throw<PageTrackingException>().WithMessage("*line of an unknown form*");
    }

    [Fact]
    public void ReadAll_OwnProcess_HasAStack() => MapsReader.ReadAll(Environment.ProcessId).Should().Contain(static area => area.Path == "[stack]");

    private static List<ulong> Read(string content)
    {
        using TemporaryFile file = new(content);
        using MapsReader reader = new(file.Open(), 1);
        List<ulong> starts = [];
        while (reader.TryRead(out MapsLine line))
        {
            starts.Add(line.Start);
        }

        return starts;
    }

    private sealed class TemporaryFile : IDisposable
    {
        private readonly string _path = Path.GetTempFileName();

        internal TemporaryFile(string content) => File.WriteAllText(_path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

        internal Microsoft.Win32.SafeHandles.SafeFileHandle Open() => File.OpenHandle(_path);

        public void Dispose() => File.Delete(_path);
    }
}
