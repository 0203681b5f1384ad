using System.Buffers.Binary;
using System.IO.Hashing;
using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Tests.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Destination.Verification;

/// <summary>What is said of a page that holds something else than it did in the frozen process.</summary>
public sealed class GivenPagesTests : IDisposable
{
    private const ulong Lazy = 0x10000;
    private const ulong Placed = 0x20000;
    private const ulong Shared = 0x30000;
    private const ulong Sequence = Lazy + 0x1100;

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-given-").FullName;
    private readonly PageStore _store = new(new PageStoreOptions { KeepUntilVerified = true });
    private readonly byte[] _placed = [.. Enumerable.Repeat((byte)1, 4096), .. Enumerable.Repeat((byte)2, 4096)];
    private readonly InstallLedger _ledger;
    private readonly GivenPages _given;

    public GivenPagesTests()
    {
        Write("pstree.img", 0x50273030, [0x08, 7, 0x10, 0, 0x18, 7, 0x20, 7, 0x28, 7]);
        Write("mm-7.img", 0x57492820, [.. Area(Lazy, 2, 0x201, 0x22), .. Area(Placed, 4, 0x41, 2), .. Area(Shared, 2, 0x4081, 1)]);
        Write("core-7.img", 0x55053847, Core(Sequence));
        new Pagemap(1, [new PagemapEntry(Lazy, 2, PagePlaces.Lazy), new PagemapEntry(Placed + 0x1000, 2, PagePlaces.Present)]).Write(PathOf("pagemap-7.img"));
        File.WriteAllBytes(PathOf("pages-1.img"), _placed);
        new Pagemap(2, [new PagemapEntry(0, 1, PagePlaces.Present)]).Write(PathOf("pagemap-shmem-5.img"));
        File.WriteAllBytes(PathOf("pages-2.img"), new byte[4096]);
        _store.Put(7, Lazy, 1);
        _store.Put(7, Lazy + 0x1000, 2);
        var images = new ImageDirectory(_directory);
        _ledger = new InstallLedger(_store, images);
        _given = new GivenPages(images, [Received("pagemap-shmem-5.img"), Received("pages-2.img")], _store, _ledger, new Dictionary<ulong, int>());
    }

    public void Dispose()
    {
        _given.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Matches_LazyPage_IsWhatTheKernelWasGiven()
    {
        ulong right = PageChecksum.Of(_store.Held(7, Lazy));
        _given.Matches(7, Lazy, right, hasEnded: false).Should().BeFalse("nobody has given it to the process");
        _given.Matches(7, Lazy, right, hasEnded: true).Should().BeTrue("a process that has ended does not need it");
        _ledger.Installed(7, Lazy, _store.Find(7, Lazy, 1));
        _given.Matches(7, Lazy, right, hasEnded: false).Should().BeTrue();
        _given.Matches(7, Lazy, right + 1, hasEnded: false).Should().BeFalse();
        _ledger.Unwanted(7, Lazy + 0x1000, 1);
        _given.Matches(7, Lazy + 0x1000, 1234, hasEnded: false).Should().BeTrue("the process has discarded it");
    }

    [Fact]
    public void Matches_PlacedPage_IsWhatThePagesFileHolds()
    {
        _given.Matches(7, Placed + 0x1000, PageChecksum.Of(_placed.AsSpan(0, 4096)), hasEnded: false).Should().BeTrue();
        _given.Matches(7, Placed + 0x2000, PageChecksum.Of(_placed.AsSpan(4096)), hasEnded: false).Should().BeTrue();
        _given.Matches(7, Placed + 0x2000, PageChecksum.Of(_placed.AsSpan(0, 4096)), hasEnded: false).Should().BeFalse();
        _given.Matches(7, Placed, PageChecksum.Of(_placed.AsSpan(0, 4096)), hasEnded: false).Should().BeFalse("the images do not have it");
        _given.Matches(7, 0x90000, 1, hasEnded: false).Should().BeFalse("nothing is mapped there");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Matches_SharedPage_IsAsGoodAsTheImages(bool damaged)
    {
        if (damaged)
        {
            byte[] page = new byte[4096];
            page[9] = 1;
            File.WriteAllBytes(PathOf("pages-2.img"), page);
        }

        _given.Matches(7, Shared, 1234, hasEnded: false).Should().Be(!damaged);
    }

    [Theory]
    [InlineData(0x100, true)]
    [InlineData(0x11f, true)]
    [InlineData(0x0ff, false)]
    [InlineData(0x120, false)]
    public void DiffersByTheKernelOnly_Byte_IsThatOfTheSequenceArea(int offset, bool byTheKernel)
    {
        ulong checksum = PageChecksum.Of(_store.Held(7, Lazy + 0x1000));
        byte[] now = _store.Held(7, Lazy + 0x1000).ToArray();
        now[offset] ^= 1;
        _given.DiffersByTheKernelOnly(7, Lazy + 0x1000, checksum, now).Should().Be(byTheKernel);
        _given.DiffersByTheKernelOnly(7, Lazy + 0x1000, checksum + 1, now).Should().BeFalse("what it was given is wrong already");
        _given.DiffersByTheKernelOnly(7, Lazy, PageChecksum.Of(_store.Held(7, Lazy)), now).Should().BeFalse("the kernel writes to another page");
    }

    private string PathOf(string name) => Path.Combine(_directory, name);

    private ImageChecksum Received(string name)
    {
        byte[] bytes = File.ReadAllBytes(PathOf(name));
        return new ImageChecksum(name, bytes.Length, XxHash3.HashToUInt64(bytes));
    }

    private void Write(string name, uint magic, byte[] entry)
    {
        byte[] head = new byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x54564319);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), magic);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), entry.Length);
        File.WriteAllBytes(PathOf(name), [.. head, .. entry]);
    }

    /// <summary>Field 14 of an mm image: start, end, protection, flags, status.</summary>
    private static byte[] Area(ulong start, ulong pages, uint status, uint flags) =>
        Nested(14, [.. Field(1, start), .. Field(2, start + (pages << 12)), .. Field(5, 3), .. Field(6, flags), .. Field(7, status)]);

    /// <summary>Of a core image only what says where the restartable sequence area is.</summary>
    private static byte[] Core(ulong sequence) => Nested(5, Nested(15, [.. Field(1, sequence), .. Field(2, 28)]));

    private static byte[] Field(int number, ulong value) => [.. Number((ulong)number << 3), .. Number(value)];

    private static byte[] Nested(int number, byte[] content) => [.. Number(((ulong)number << 3) | 2), .. Number((ulong)content.Length), .. content];

    private static IEnumerable<byte> Number(ulong value)
    {
        for (; value > 0x7f; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }
}
