using System.Buffers;
using System.Buffers.Binary;
using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>The server's side of one connection of CRIU's page server protocol.</summary>
/// <remarks>
/// Over its own connection CRIU closes it after the answer to CLOSE; over a shared one (a descriptor given to several dumps) it says FORCE_CLOSE,
/// and the session ends with the connection still open.
/// </remarks>
public sealed class PageServerSession
{
    private readonly Stream _stream;
    private readonly IPageServerSink? _sink;
    private readonly IPageServerSource? _source;
    private readonly PageServerOptions _options;
    private readonly byte[] _header = new byte[PageServerHeader.MaxBytes];
    private PageServerLayout? _layout;
    private PageServerTarget? _target;
    private long _received;
    private long _holes;
    private long _served;

    /// <summary>Prepares a session.</summary>
    /// <param name="stream">The connection; it stays open and the caller's.</param>
    /// <param name="sink">Takes pages; null refuses them.</param>
    /// <param name="source">Gives pages; null refuses questions.</param>
    /// <param name="options">How to behave.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PageServerSession(Stream stream, IPageServerSink? sink, IPageServerSource? source = null, PageServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _options = options ?? new PageServerOptions();
        _options.Validate();
        _stream = stream;
        _sink = sink;
        _source = source;
        _layout = _options.Layout;
    }

    /// <summary>Serves until the peer closes, says that it is done, or breaks the protocol.</summary>
    /// <param name="cancellationToken">Ends the session; the peer's dump fails once the connection is closed.</param>
    /// <returns>What was moved. Whoever stores pages has to check <see cref="PageServerResult.WasClosed"/>: a connection that just ends has not delivered everything.</returns>
    /// <exception cref="CriuException">The peer broke the protocol.</exception>
    public async Task<PageServerResult> RunAsync(CancellationToken cancellationToken = default)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(_options.BufferBytes);
        try
        {
            int usable = _options.BufferBytes / Environment.SystemPageSize * Environment.SystemPageSize;
            return await ServeAsync(buffer.AsMemory(0, usable), cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException exception)
        {
            throw Broken("the connection ended inside a message", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<PageServerResult> ServeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (await ReadHeaderAsync(cancellationToken).ConfigureAwait(false) is { } header)
        {
            switch (header.Command)
            {
                case PageServerCommand.Open2:
                    _target = TargetOf(header);
                    await AnswerOpenAsync(await Sink().OpenAsync(_target.Value, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                    break;
                case PageServerCommand.Parent:
                    bool parent = await Sink().HasParentAsync(TargetOf(header), cancellationToken).ConfigureAwait(false);
                    await AnswerAsync(parent ? 1 : 0, cancellationToken).ConfigureAwait(false);
                    break;
                case PageServerCommand.AddFlagged:
                    await ReceiveAsync(header, buffer, cancellationToken).ConfigureAwait(false);
                    break;
                case PageServerCommand.Get:
                    await GiveAsync(header, buffer, cancellationToken).ConfigureAwait(false);
                    break;
                case PageServerCommand.Close or PageServerCommand.ForceClose:
                    int status = _sink is null ? 0 : await _sink.CloseAsync(cancellationToken).ConfigureAwait(false);
                    await AnswerAsync(status, cancellationToken).ConfigureAwait(false);
                    return new PageServerResult(_received, _holes, _served, WasClosed: true, status);
                default:
                    throw Broken($"command {(int)header.Command} is not known or not spoken by CRIU 3.12 and newer");
            }
        }

        return new PageServerResult(_received, _holes, _served, WasClosed: false, Status: 0);
    }

    private async ValueTask<PageServerHeader?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        const int Smallest = (int)PageServerLayout.Compact;
        int read = await _stream.ReadAtLeastAsync(_header.AsMemory(0, Smallest), Smallest, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }

        if (read < Smallest)
        {
            throw new EndOfStreamException();
        }

        _layout ??= PageServerHeader.Sniff(_header);
        int size = (int)_layout.Value;
        await _stream.ReadExactlyAsync(_header.AsMemory(Smallest, size - Smallest), cancellationToken).ConfigureAwait(false);
        return PageServerHeader.Read(_header, _layout.Value);
    }

    private async ValueTask ReceiveAsync(PageServerHeader header, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        PageServerTarget target = _target ?? throw Broken("pages came before the target they belong to");
        PagemapEntry run = RunOf(header);
        await Sink().BeginRunAsync(target, run, cancellationToken).ConfigureAwait(false);
        if (!run.IsPresent)
        {
            _holes += run.Pages;
            return;
        }

        long size = run.Pages * Environment.SystemPageSize;
        for (long done = 0; done < size; done += buffer.Length)
        {
            Memory<byte> piece = buffer[..(int)Math.Min(buffer.Length, size - done)];
            await _stream.ReadExactlyAsync(piece, cancellationToken).ConfigureAwait(false);
            await Sink().WriteAsync(target, run.Address + (ulong)done, piece, cancellationToken).ConfigureAwait(false);
        }

        _received += run.Pages;
    }

    private async ValueTask GiveAsync(PageServerHeader header, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        IPageServerSource source = _source ?? throw Broken("pages are asked for where none are given");
        PagemapEntry run = RunOf(header);
        if (header.Destination > int.MaxValue)
        {
            throw Broken($"process {header.Destination} is not possible");
        }

        int most = (int)Math.Min(run.Pages, buffer.Length / Environment.SystemPageSize);
        int pages = await source.ReadAsync((int)header.Destination, run.Address, buffer[..(most * Environment.SystemPageSize)], cancellationToken).ConfigureAwait(false);
        if (pages < 1 || pages > most)
        {
            throw new InvalidOperationException($"The source gave {pages} pages where 1 to {most} were asked for.");
        }

        header = header with { Command = PageServerCommand.AddFlagged, Places = PagePlaces.Present, Pages = (ulong)pages };
        int size = header.Write(_header, _layout!.Value);
        await _stream.WriteAsync(_header.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
        await _stream.WriteAsync(buffer[..(pages * Environment.SystemPageSize)], cancellationToken).ConfigureAwait(false);
        _served += pages;
    }

    private async ValueTask AnswerOpenAsync(bool hasParent, CancellationToken cancellationToken)
    {
        _header[0] = hasParent ? (byte)1 : (byte)0;
        await _stream.WriteAsync(_header.AsMemory(0, 1), cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AnswerAsync(int value, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_header, value);
        await _stream.WriteAsync(_header.AsMemory(0, sizeof(int)), cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static PagemapEntry RunOf(PageServerHeader header)
    {
        ulong pageSize = (ulong)Environment.SystemPageSize;
        const PagePlaces Known = PagePlaces.Parent | PagePlaces.Lazy | PagePlaces.Present;
        return header.Pages is 0 or > int.MaxValue || header.Address % pageSize != 0 || header.Pages > (ulong.MaxValue - header.Address) / pageSize
            ? throw Broken($"{header.Pages} pages at 0x{header.Address:x} are not possible")
            : (header.Places & ~Known) != 0
                ? throw Broken($"the flags 0x{(int)header.Places:x} are not known; the peer is newer than this library")
                : new PagemapEntry(header.Address, (long)header.Pages, header.Places);
    }

    private static PageServerTarget TargetOf(PageServerHeader header) =>
        PageServerTarget.TryDecode(header.Destination, out PageServerTarget target)
            ? target
            : throw Broken($"target 0x{header.Destination:x} is neither a task nor shared memory");

    private static CriuException Broken(string what, Exception? inner = null) =>
        new($"The page server peer broke the protocol: {what}. Its dump fails and its tasks run on; try again.", "PAGE_SERVER", 0, null, inner);

    private IPageServerSink Sink() => _sink ?? throw Broken("pages are sent where none are taken");
}
