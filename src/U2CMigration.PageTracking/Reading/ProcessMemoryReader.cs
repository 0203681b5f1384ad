using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Reading;

/// <summary>Reads pages of another process, running or stopped, in batches of up to 1024 runs a system call. For one thread at a time.</summary>
/// <remarks>Each page is read once and not as a snapshot: what is written during the call may be seen or not, and shows up in the tracker's next collection.</remarks>
public sealed unsafe class ProcessMemoryReader : IDisposable
{
    private readonly SafeFileHandle _process;
    private readonly MemorySharing _sharing = new();
    private SafeFileHandle? _memory;

    private ProcessMemoryReader(int processId, SafeFileHandle process)
    {
        ProcessId = processId;
        _process = process;
    }

    /// <summary>The process.</summary>
    public int ProcessId { get; }

    /// <summary>Opens a process. Needs CAP_SYS_PTRACE, or the same user.</summary>
    /// <param name="processId">The process, in the PID namespace of the caller.</param>
    /// <exception cref="PageTrackingException">The process is gone.</exception>
    public static ProcessMemoryReader Open(int processId) => new(processId, PidFd.Open(processId));

    /// <summary>Reads runs of pages one behind the other. Does not allocate. Pages without read permission are read too.</summary>
    /// <param name="ranges">The runs.</param>
    /// <param name="destination">Receives the pages; at least as long as all runs together.</param>
    /// <param name="unreadable">Cleared, then gets a bit for each page that does not exist any more or must not be read; that page is filled with zeros.</param>
    /// <returns>The number of unreadable pages.</returns>
    /// <exception cref="ArgumentException">The destination or the bitmap is too small.</exception>
    /// <exception cref="PageTrackingException">The process is gone, or may not be read; what is in the destination then does not count.</exception>
    public int Read(ReadOnlySpan<PageRange> ranges, Span<byte> destination, PageBitmap unreadable)
    {
        long pages = 0;
        foreach (PageRange range in ranges)
        {
            pages += range.Pages;
        }

        if (pages * PageSize.Bytes > destination.Length || pages > unreadable.Capacity)
        {
            throw new ArgumentException(
                $"{pages} pages do not fit: the destination has room for {destination.Length / PageSize.Bytes}, the bitmap for {unreadable.Capacity}. Read fewer at a time.",
                nameof(ranges));
        }

        unreadable.Clear();

        // The file belongs to the memory that the process had when it was opened. A child of vfork had that of its parent, which lives on when the child executes.
        _memory?.Dispose();
        _memory = null;
        if (_sharing.MayShare(ProcessId))
        {
            return ReadSharing(ranges, destination, unreadable);
        }

        int missing = 0;
        fixed (byte* start = destination)
        {
            IoVector* remote = stackalloc IoVector[IOV_MAX];
            long donePages = 0;
            while (!ranges.IsEmpty)
            {
                int count = Math.Min(ranges.Length, IOV_MAX);
                for (int i = 0; i < count; i++)
                {
                    remote[i] = new IoVector { Base = ranges[i].Start, Length = (ulong)ranges[i].Bytes };
                }

                donePages += ReadBatch(remote, count, start, (int)donePages, unreadable, ref missing);
                ranges = ranges[count..];
            }
        }

        // The number may have been given to another process between two calls, but not while this one is still known.
        return PidFd.IsKnown(_process) ? missing : throw SystemCallFailure.Ended(ProcessId);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Dispose();
        _memory?.Dispose();
    }

    /// <summary>Reads in the way that leaves memory shared which is shared by copy-on-write; slower by half.</summary>
    private int ReadSharing(ReadOnlySpan<PageRange> ranges, Span<byte> destination, PageBitmap unreadable)
    {
        int page = 0;
        int missing = 0;
        foreach (PageRange range in ranges)
        {
            ulong at = range.Start;
            while (at < range.End)
            {
                int read = ReadMemoryFile(at, destination.Slice(page * PageSize.Bytes, (int)(range.End - at))) >> PageSize.Shift;
                Span<byte> first = destination.Slice(page * PageSize.Bytes, PageSize.Bytes);

                // A page that is missing and comes when it is touched (userfaultfd) is waited for in the other way only, and is shared with nobody.
                if (read == 0 && TryReadPinned(at, first))
                {
                    read = 1;
                }
                else if (read == 0)
                {
                    first.Clear();
                    unreadable.Set(page);
                    missing++;
                    read = 1;
                }

                page += read;
                at += (ulong)read << PageSize.Shift;
            }
        }

        return PidFd.IsKnown(_process) ? missing : throw SystemCallFailure.Ended(ProcessId);
    }

    /// <summary>Reads up to 1024 runs, stepping over single pages that can not be read.</summary>
    private int ReadBatch(IoVector* remote, int count, byte* destination, int firstPage, PageBitmap unreadable, ref int missing)
    {
        int page = firstPage;
        int next = 0;
        while (next < count)
        {
            // One call never reaches the 2 GiB that the kernel takes at most: a span is not longer.
            ulong left = 0;
            for (int i = next; i < count; i++)
            {
                left += remote[i].Length;
            }

            IoVector local = new() { Base = (ulong)(destination + ((long)page * PageSize.Bytes)), Length = left };
            nint read = ProcessVmRead(ProcessId, &local, 1, remote + next, (nuint)(count - next), 0);
            if (read < 0)
            {
                ThrowUnlessUnreadable(Marshal.GetLastPInvokeError());
                read = 0;
            }

            int readPages = (int)(read >> PageSize.Shift);
            page += readPages;
            Advance(remote, ref next, (ulong)readPages << PageSize.Shift);
            if ((ulong)readPages << PageSize.Shift < left)
            {
                if (!TryReadProtected(remote[next].Base, new Span<byte>(destination + ((long)page * PageSize.Bytes), PageSize.Bytes)))
                {
                    unreadable.Set(page);
                    missing++;
                }

                page++;
                Advance(remote, ref next, PageSize.Bytes);
            }
        }

        return page - firstPage;
    }

    /// <summary>
    /// process_vm_readv obeys the protection of a mapping (PROT_NONE), <c>/proc/PID/mem</c> does not (proc_pid_mem(5)): such pages have content too.
    /// </summary>
    private bool TryReadProtected(ulong address, Span<byte> page)
    {
        try
        {
            if (ReadMemoryFile(address, page) == page.Length)
            {
                return true;
            }
        }
        catch (PageTrackingException e) when (e.IsProcessGone)
        {
            // Reported like any other page that does not exist; whether the process is gone is asked at the end.
        }

        page.Clear();
        return false;
    }

    private bool TryReadPinned(ulong address, Span<byte> page)
    {
        fixed (byte* start = page)
        {
            IoVector local = new() { Base = (ulong)start, Length = PageSize.Bytes };
            IoVector remote = new() { Base = address, Length = PageSize.Bytes };
            nint read = ProcessVmRead(ProcessId, &local, 1, &remote, 1, 0);
            if (read < 0)
            {
                ThrowUnlessUnreadable(Marshal.GetLastPInvokeError());
            }

            return read == PageSize.Bytes;
        }
    }

    /// <summary>Reads from <c>/proc/PID/mem</c> up to the first page that does not exist.</summary>
    private int ReadMemoryFile(ulong address, Span<byte> pages)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                _memory ??= ProcFile.Open(ProcessId, "mem");
                int read = RandomAccess.Read(_memory, pages, (long)address);
                if (read > 0)
                {
                    return read;
                }

                // The address space it was opened for is gone: the process has ended, or executed another program and has a new one.
                _memory.Dispose();
                _memory = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // No page there, or not to be read at all.
                return 0;
            }
        }

        throw SystemCallFailure.Ended(ProcessId);
    }

    private static void Advance(IoVector* remote, ref int next, ulong bytes)
    {
        while (bytes > 0)
        {
            ulong step = Math.Min(bytes, remote[next].Length);
            remote[next].Base += step;
            remote[next].Length -= step;
            bytes -= step;
            if (remote[next].Length == 0)
            {
                next++;
            }
        }
    }

    private void ThrowUnlessUnreadable(int error)
    {
        if (error == Errno.EFAULT)
        {
            return;
        }

        throw error == Errno.ESRCH
            ? SystemCallFailure.Ended(ProcessId)
            : SystemCallFailure.Create("process_vm_readv", ProcessId, error, "Reading needs CAP_SYS_PTRACE or the same user.");
    }
}
