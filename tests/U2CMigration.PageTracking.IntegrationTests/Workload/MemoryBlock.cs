namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A run of pages in a <see cref="MemoryWriter"/>.</summary>
internal sealed record MemoryBlock(MemoryWriter Writer, ulong Address, int Pages)
{
    /// <summary>Writes a part of the pages; the kind of write is one of memory_writer's letters.</summary>
    internal void Write(ulong seed, int permille, char kind = 'u', int pages = 0) =>
        Writer.Do($"write {Address:x} {(pages == 0 ? Pages : pages)} {seed} {permille} {kind}");

    internal void WriteAll() => Write(1, 1000);

    internal void Read() => Writer.Do($"read {Address:x} {Pages}");

    internal void Discard(ulong seed, int permille) => Writer.Do($"discard {Address:x} {Pages} {seed} {permille}");

    internal void Protect(int protection) => Writer.Do($"protect {Address:x} {Pages} {protection}");

    internal void Replace() => Writer.Do($"replace {Address:x} {Pages}");

    internal void Unmap() => Writer.Do($"unmap {Address:x} {Pages}");

    internal MemoryBlock Move() => this with { Address = Writer.AskAddress($"move {Address:x} {Pages}") };

    internal MemoryBlock MoveTo(ulong target) => this with { Address = Writer.AskAddress($"moveto {Address:x} {Pages} {target:x}") };

    internal MemoryBlock Part(int firstPage, int pages) => new(Writer, Address + ((ulong)firstPage * 4096), pages);
}
