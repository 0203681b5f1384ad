using U2CMigration.Core.Filling;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Core.Tests.Filling;

public sealed class FillBookTests
{
    private const ulong PageBytes = 4096;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Parse_OfWhatWasWritten_IsTheSame(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 50; round++)
        {
            FillBook book = Draw(random);

            FillBook read = FillBook.Parse(book.ToBytes());

            read.Tasks.Should().BeEquivalentTo(book.Tasks, static options => options.WithStrictOrdering());
            read.Chunks.Should().BeEquivalentTo(book.Chunks, static options => options.WithStrictOrdering());
        }
    }

    /// <summary>Cut or changed anywhere, it is refused or read as something else, and nothing worse.</summary>
    [Fact]
    public void Parse_OfWhatWasDamaged_IsRefusedOrRead()
    {
        var random = new Random(5);
        byte[] whole = Draw(random).ToBytes();
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = whole[..random.Next(whole.Length)];
            if (round % 2 == 0)
            {
                damaged = [.. whole];
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            Action parse = () => FillBook.Parse(damaged);

            try
            {
                parse();
                damaged.Length.Should().Be(whole.Length, "nothing may be missing");
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public void Parse_OfAnotherVersion_SaysWhatToDo()
    {
        byte[] bytes = Draw(new Random(6)).ToBytes();
        bytes[7]++;

        Action parse = () => FillBook.Parse(bytes);

        parse.Should().Throw<InvalidDataException>().WithMessage("*start a receiver of that version with the same work directory*");
    }

    /// <summary>A store that continues with the file of another one has all that the other had when it was described, whatever became of that since but what was punched out.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Store_ThatGoesOn_HoldsTheSamePages(int seed)
    {
        var random = new Random(seed);
        using var first = new PageStore(new PageStoreOptions { MaxBytes = 64 << 20, ReservedBytes = 1 << 28 });
        var pages = new Dictionary<(int ProcessId, ulong Address), byte[]>();
        for (int i = 0; i < 400; i++)
        {
            (int ProcessId, ulong Address) at = (random.Next(1, 4), (ulong)random.Next(4096) * PageBytes);
            byte[] content = new byte[PageBytes];
            if (random.Next(4) > 0)
            {
                random.NextBytes(content);
                content.CopyTo(first.Prepare(at.ProcessId, at.Address));
                first.Complete(at.ProcessId, at.Address, 0);
            }
            else
            {
                first.StoreZero(at.ProcessId, at.Address);
            }

            pages[at] = content;
        }

        var book = FillBook.Parse(new FillBook([], first.Describe(new HashSet<int> { 1, 2 })).ToBytes());
        first.Release(1, 0, 16);
        using var second = new PageStore(Again(first), book.Chunks);

        foreach (((int processId, ulong address), byte[] content) in pages)
        {
            second.Contains(processId, address).Should().Be(processId != 3);
            if (processId != 3)
            {
                byte[] read = new byte[PageBytes];
                second.CopyTo(processId, address, read);
                read.Should().Equal(content);
            }
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Again(PageStore store) =>
        File.OpenHandle($"/proc/self/fd/{store.File.DangerousGetHandle()}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static FillBook Draw(Random random)
    {
        var tasks = new List<LazyTask>();
        for (int processId = 1; processId <= random.Next(1, 5); processId++)
        {
            ulong next = (ulong)random.Next(16) * PageBytes;
            var ranges = new List<LazyPageRange>();
            for (int i = random.Next(6); i > 0; i--)
            {
                long count = random.Next(1, 2000);
                ranges.Add(new LazyPageRange(processId, next, count));
                next += ((ulong)count + (ulong)random.Next(9)) * PageBytes;
            }

            tasks.Add(new LazyTask(processId, ranges));
        }

        IEnumerable<StoredChunk> chunks = Enumerable.Range(0, random.Next(8))
            .Select(i => new StoredChunk(random.Next(1, 5), (ulong)random.NextInt64(1L << 26) << 21, (long)i << 21, DrawBits(random), DrawBits(random)));
        return new FillBook(tasks, [.. chunks]);
    }

    private static ulong[] DrawBits(Random random) => [.. Enumerable.Range(0, 8).Select(_ => (ulong)random.NextInt64())];
}
