using System.Buffers;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Connections;

/// <summary>The receiving state of a connection: takes frames apart as bytes arrive, in any pieces.</summary>
internal sealed class FrameReader
{
    private readonly PageBatchDecoder _pages;
    private readonly string _peer;
    private byte[] _contiguous = new byte[8192];
    private ulong _sequence;
    private bool _inPages;
    private long _frameBytes;

    public FrameReader(string peer)
    {
        _peer = peer;
        _pages = new PageBatchDecoder(peer);
    }

    /// <summary>What <see cref="Read"/> came to.</summary>
    public enum Outcome
    {
        /// <summary>More bytes are needed.</summary>
        NeedMore,

        /// <summary>A control message.</summary>
        Message,

        /// <summary>The end of a batch of pages.</summary>
        BatchEnd,

        /// <summary>An acknowledgement of pages, see <see cref="AcknowledgedBytes"/>.</summary>
        PagesAck,
    }

    /// <summary>Whether the page codec was agreed on.</summary>
    public bool AcceptsCodedPages
    {
        get => _pages.AcceptsCoded;
        set => _pages.AcceptsCoded = value;
    }

    public long PagesTaken => _pages.PagesTaken;

    /// <summary>The bytes of all page frames taken in full.</summary>
    public long PageFrameBytes { get; private set; }

    /// <summary>The bytes of page frames that the peer has acknowledged.</summary>
    public long AcknowledgedBytes { get; private set; }

    /// <summary>Whether the stream may end here.</summary>
    public bool IsBetweenFrames => !_inPages;

    /// <summary>Takes as much as has arrived, up to the end of one frame.</summary>
    /// <param name="buffer">What has arrived; becomes what was not taken.</param>
    /// <param name="sink">Where pages go; null when none may come.</param>
    /// <param name="message">The message, if the outcome is one.</param>
    public Outcome Read(ref ReadOnlySequence<byte> buffer, IPageSink? sink, out MigrationMessage? message)
    {
        message = null;
        if (!_inPages)
        {
            switch (BeginFrame(ref buffer, out message))
            {
                case MessageType.None:
                    return Outcome.NeedMore;
                case MessageType.PagesAck:
                    return Outcome.PagesAck;
                case MessageType.Pages:
                    break;
                default:
                    return Outcome.Message;
            }
        }

        if (sink is null)
        {
            throw new MigrationProtocolException("a control message", "Pages", "Only the source sends pages, and only after its offer was accepted.");
        }

        if (!_pages.Take(ref buffer, sink))
        {
            return Outcome.NeedMore;
        }

        _inPages = false;
        PageFrameBytes += _frameBytes;
        return Outcome.BatchEnd;
    }

    /// <summary>Takes a header and what its checksum covers; returns the type, or none while bytes are missing.</summary>
    private MessageType BeginFrame(ref ReadOnlySequence<byte> buffer, out MigrationMessage? message)
    {
        message = null;
        if (buffer.Length < FrameHeader.Size)
        {
            return MessageType.None;
        }

        // Everything the header says is checked before the payload is waited for: a forged length must not make the pipe hold gigabytes.
        FrameHeader header = FrameHeader.Parse(Contiguous(buffer, FrameHeader.Size));
        if (header.Sequence != _sequence)
        {
            throw new MigrationProtocolException($"frame {_sequence}", $"frame {header.Sequence} of type {header.Type}", "Frames were lost or mixed up by what lies between the hosts.");
        }

        if (!Enum.IsDefined(header.Type) || header.Type == MessageType.None)
        {
            throw new MigrationProtocolException("a known message type", $"type {(byte)header.Type}");
        }

        int checkedBytes = FrameHeader.Size + header.CheckedBytes;
        if (buffer.Length < checkedBytes)
        {
            return MessageType.None;
        }

        ReadOnlySpan<byte> frame = Contiguous(buffer, checkedBytes);
        if (!header.Matches(frame))
        {
            throw new TransportException(
                $"Frame {_sequence} ({header.Type}) from {_peer} arrived damaged. The connection is not usable; try again.", _peer, PageFrameBytes, isTransient: true);
        }

        _sequence++;
        ReadOnlySpan<byte> payload = frame[FrameHeader.Size..];
        switch (header.Type)
        {
            case MessageType.Pages:
                _pages.Begin(payload, header.PayloadBytes - header.HeadBytes);
                _frameBytes = FrameHeader.Size + header.PayloadBytes;
                _inPages = true;
                break;
            case MessageType.PagesAck:
                TakeAcknowledgement(payload);
                break;
            default:
                message = MessageCodec.Read(header.Type, payload);
                break;
        }

        buffer = buffer.Slice(checkedBytes);
        return header.Type;
    }

    private void TakeAcknowledgement(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(MessageType.PagesAck, payload);
        AcknowledgedBytes = reader.ReadAmount("number of bytes");
        reader.End();
    }

    private ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> buffer, int bytes)
    {
        if (buffer.FirstSpan.Length >= bytes)
        {
            return buffer.FirstSpan[..bytes];
        }

        if (_contiguous.Length < bytes)
        {
            _contiguous = GC.AllocateUninitializedArray<byte>(bytes);
        }

        buffer.Slice(0, bytes).CopyTo(_contiguous);
        return _contiguous.AsSpan(0, bytes);
    }
}
