using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>
/// Keeps account of what the kernel was given for each lazy page of the images: the checksum of the very bytes, taken when it had taken them. It knows the lazy pages by itself, so that
/// one which the serving has forgotten is missing here.
/// </summary>
/// <remarks>Written by the thread that serves pages, read when it has served all.</remarks>
internal sealed class InstallLedger : ILazyPageSource
{
    private readonly ILazyPageSource _source;
    private readonly Dictionary<int, Account> _accounts = [];

    public InstallLedger(ILazyPageSource source, ImageDirectory images)
    {
        _source = source;
        foreach (int processId in images.ProcessesWithPagemap())
        {
            _accounts.Add(processId, new Account([.. images.ReadPagemap(processId)!.Entries.Where(static entry => entry.IsLazyOnly)]));
        }
    }

    public enum State : byte
    {
        /// <summary>Not a lazy page.</summary>
        Unknown,

        /// <summary>A lazy page that nobody has installed.</summary>
        Pending,

        /// <summary>Installed.</summary>
        Installed,

        /// <summary>Discarded by the process before it was installed.</summary>
        Unwanted,
    }

    /// <summary>What became of a page.</summary>
    public State Find(int processId, ulong address, out ulong checksum)
    {
        checksum = 0;
        if (!_accounts.TryGetValue(processId, out Account? account) || account.OrdinalOf(address) is not (>= 0 and var ordinal))
        {
            return State.Unknown;
        }

        checksum = account.Checksums[ordinal];
        return account.States[ordinal];
    }

    public LazyPageRun Find(int processId, ulong address, int maxPages) => _source.Find(processId, address, maxPages);

    public void Release(int processId, ulong address, int pages) => _source.Release(processId, address, pages);

    public unsafe void Installed(int processId, ulong address, LazyPageRun pages)
    {
        for (int page = 0; page < pages.Pages; page++)
        {
            var content = new ReadOnlySpan<byte>((void*)(pages.Source + ((nint)page << PageSize.Shift)), PageSize.Bytes);
            Note(processId, address + ((ulong)page << PageSize.Shift), State.Installed, PageChecksum.Of(content));
        }
    }

    public void Unwanted(int processId, ulong address, int pages)
    {
        for (int page = 0; page < pages; page++)
        {
            Note(processId, address + ((ulong)page << PageSize.Shift), State.Unwanted, 0);
        }
    }

    private void Note(int processId, ulong address, State state, ulong checksum)
    {
        // The first word counts: a forked child has the same pages once more, and may discard what its parent was given.
        if (_accounts.TryGetValue(processId, out Account? account) && account.OrdinalOf(address) is >= 0 and var ordinal
            && account.States[ordinal] != State.Installed)
        {
            account.States[ordinal] = state;
            account.Checksums[ordinal] = checksum;
        }
    }

    /// <summary>The lazy pages of one process, numbered in ascending order.</summary>
    private sealed class Account
    {
        private readonly ulong[] _starts;
        private readonly long[] _pages;
        private readonly long[] _ordinals;

        public Account(PagemapEntry[] entries)
        {
            _starts = [.. entries.Select(static entry => entry.Address)];
            _pages = [.. entries.Select(static entry => entry.Pages)];
            _ordinals = new long[entries.Length];
            long count = 0;
            for (int i = 0; i < entries.Length; i++)
            {
                _ordinals[i] = count;
                count += _pages[i];
            }

            States = new State[count];
            Checksums = new ulong[count];
            Array.Fill(States, State.Pending);
        }

        public State[] States { get; }

        public ulong[] Checksums { get; }

        /// <summary>The number of a page; below zero when it is none of these.</summary>
        public long OrdinalOf(ulong address)
        {
            int index = Array.BinarySearch(_starts, address);
            index = index >= 0 ? index : ~index - 1;
            long page = index < 0 ? long.MaxValue : (long)((address - _starts[index]) >> PageSize.Shift);
            return index >= 0 && page < _pages[index] ? _ordinals[index] + page : -1;
        }
    }
}
