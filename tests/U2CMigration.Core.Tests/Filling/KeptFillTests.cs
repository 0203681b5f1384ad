using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Filling;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.Filling;

/// <summary>With the real processes, which hold a file in place of a userfaultfd.</summary>
public sealed class KeptFillTests : IDisposable
{
    private const int Pages = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kept");
    private readonly Guid _id = Guid.NewGuid();
    private readonly PageStore _store = new(new PageStoreOptions { MaxBytes = 1 << 20, ReservedBytes = 1 << 28 });

    private FillMarker Marker => new(_directory.FullName, _id);

    [Fact]
    public void FindAll_AfterMembersCameAndWent_HasThoseThatAreThereTwice()
    {
        Requires.Root();
        using KeptFill kept = Start();
        using SafeFileHandle first = Member("first");
        using SafeFileHandle second = Member("second");
        using SafeFileHandle third = Member("third");
        kept.Hold(0, first);
        kept.Describe([new LazyTask(7, [new LazyPageRange(7, 4096, Pages)])], _store);
        kept.Hold(1, second);
        kept.TryLetGo([0]).Should().BeTrue();
        kept.Hold(2, third);

        IReadOnlyList<FoundHolder> found = FoundHolder.FindAll(_id);

        found.Should().HaveCount(2).And.OnlyContain(static one => one.IsComplete);
        foreach (FoundHolder one in found)
        {
            one.Members.OrderBy(static member => member.Key).Select(static member => ReadAll(member.Value)).Should().Equal("second", "third");
            FillBook.Parse(Bytes(one.Book!)).Tasks.Should().ContainSingle().Which.Pages.Should().Be(Pages);
            one.Release();
        }
    }

    /// <summary>Whether a process was killed is seen by its number.</summary>
    [Theory]
    [InlineData(FillHolder.Name)]
    [InlineData(FillHolder.WardenName)]
    public async Task Hold_AfterOneWasKilled_IsInAnother(string name)
    {
        Requires.Root();
        using KeptFill kept = Start();
        using SafeFileHandle first = Member("first");
        using SafeFileHandle second = Member("second");
        kept.Hold(0, first);
        kept.Describe([], _store);
        int killed = AwaitRunning(name);

        PidFd.TrySignal(PidFd.Open(killed), PidFd.Kill);
        for (long start = TimeProvider.System.GetTimestamp(); (Running(name) == 0 || Running(name) == killed) && TimeProvider.System.GetElapsedTime(start) < Patience;)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        kept.Hold(1, second);

        FoundHolder[] found = [.. FoundHolder.FindAll(_id)];
        found.Should().HaveCount(2);
        found.Select(static one => one.Members.Count).Should().OnlyContain(static count => count == 2);
        Array.ForEach(found, static one => one.Release());
    }

    [Fact]
    public void TryFinish_WhenItCannotBeWrittenDown_HoldsOn()
    {
        Requires.Root();
        using KeptFill kept = Start();
        Directory.CreateDirectory(Marker.CompletePath);

        bool finished = kept.TryFinish();

        finished.Should().BeFalse();
        AwaitRunning(FillHolder.Name).Should().NotBe(0);
        Directory.Delete(Marker.CompletePath);
        kept.TryFinish().Should().BeTrue();
        Running(FillHolder.Name).Should().Be(0);
        Running(FillHolder.WardenName).Should().Be(0);
        FillMarker.List(_directory.FullName).Should().BeEmpty();
    }

    [Fact]
    public void HeldLabel_HasTheLengthThatTheGuardianKnows() => Unsafe.SizeOf<HeldLabel>().Should().Be(HeldLabel.Bytes);

    public void Dispose()
    {
        _store.Dispose();
        _directory.Delete(recursive: true);
    }

    private KeptFill Start() => KeptFill.Start(Marker, []);

    /// <summary>It takes its name a moment after it was started.</summary>
    private int AwaitRunning(string name)
    {
        int found = 0;
        SpinWait.SpinUntil(() => (found = Running(name)) != 0, Patience);
        return found;
    }

    private int Running(string name) => Directory.EnumerateDirectories("/proc")
        .Select(static path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
        .FirstOrDefault(id => id != 0 && TryRead($"/proc/{id}/comm").TrimEnd() == name && TryRead($"/proc/{id}/cmdline").Contains(_id.ToString("N"), StringComparison.Ordinal));

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    private SafeFileHandle Member(string text)
    {
        string path = Path.Combine(_directory.FullName, text);
        File.WriteAllText(path, text);
        return File.OpenHandle(path);
    }

    private static string ReadAll(SafeFileHandle file) => System.Text.Encoding.UTF8.GetString(Bytes(file));

    private static byte[] Bytes(SafeFileHandle file)
    {
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return bytes;
    }
}
