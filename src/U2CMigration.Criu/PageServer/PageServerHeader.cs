using System.Buffers.Binary;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.PageServer;

/// <summary>The header of a page server message.</summary>
/// <param name="Command">What it says.</param>
/// <param name="Places">Where the pages are; with <see cref="PageServerCommand.AddFlagged"/>.</param>
/// <param name="Pages">A number of host pages.</param>
/// <param name="Address">The first page: an address of the task or an offset in shared memory.</param>
/// <param name="Destination">The target, encoded; a bare process id with <see cref="PageServerCommand.Get"/>.</param>
public readonly record struct PageServerHeader(PageServerCommand Command, PagePlaces Places, ulong Pages, ulong Address, ulong Destination)
{
    /// <summary>The size of the larger layout.</summary>
    public const int MaxBytes = (int)PageServerLayout.Wide;

    private const int FlagsShift = 16;

    /// <summary>The layout that a version of CRIU speaks.</summary>
    /// <param name="version">The version.</param>
    /// <returns>The layout.</returns>
    public static PageServerLayout LayoutOf(CriuVersion version) =>
        version >= CriuVersion.WideHeaders ? PageServerLayout.Wide : PageServerLayout.Compact;

    /// <summary>Guesses the layout from the first 24 bytes that a client sends.</summary>
    /// <param name="start">At least 24 bytes.</param>
    /// <returns>The layout.</returns>
    /// <remarks>A dump opens with OPEN2 or PARENT, which carry neither count nor address, so that the target stands where only one layout has it. A
    /// lazy client opens with GET, whose address is a multiple of the page size while its count is small.</remarks>
    public static PageServerLayout Sniff(ReadOnlySpan<byte> start)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(start.Length, (int)PageServerLayout.Compact);
        var command = (PageServerCommand)(BinaryPrimitives.ReadUInt32LittleEndian(start) & 0xffff);
        ulong second = BinaryPrimitives.ReadUInt64LittleEndian(start[8..]);
        ulong third = BinaryPrimitives.ReadUInt64LittleEndian(start[16..]);
        bool compact = command == PageServerCommand.Get
            ? second >= (ulong)Environment.SystemPageSize && second % (ulong)Environment.SystemPageSize == 0
            : third != 0;
        return compact ? PageServerLayout.Compact : PageServerLayout.Wide;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">At least as many bytes as the layout has.</param>
    /// <param name="layout">The layout.</param>
    /// <returns>The header; its fields are not checked.</returns>
    public static PageServerHeader Read(ReadOnlySpan<byte> bytes, PageServerLayout layout)
    {
        uint command = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        bool wide = layout == PageServerLayout.Wide;
        int address = wide ? 16 : 8;
        return new PageServerHeader(
            (PageServerCommand)(command & 0xffff),
            (PagePlaces)(command >> FlagsShift),
            wide ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[address..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[(address + 8)..]));
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least as many bytes as the layout has.</param>
    /// <param name="layout">The layout.</param>
    /// <returns>The number of bytes written.</returns>
    public int Write(Span<byte> bytes, PageServerLayout layout)
    {
        bool wide = layout == PageServerLayout.Wide;
        int address = wide ? 16 : 8;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Command | ((uint)Places << FlagsShift));
        if (wide)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Pages);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], checked((uint)Pages));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes[address..], Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(address + 8)..], Destination);
        return (int)layout;
    }
}
