using System.Collections.Immutable;

namespace U2CMigration.Criu.Images;

/// <summary>Rewrites the pagemap of one process together with its pages file: the same pages, entry by entry, in other places.</summary>
/// <remarks>The new pages go to a file of a new number; only the pagemap that then names it is replaced, so there is no moment in which the two do not fit.</remarks>
internal sealed class TaskPagesRewrite(
    ImageDirectory directory,
    int processId,
    Pagemap before,
    ImmutableArray<PagemapEntry> after,
    PageContent content,
    PageOutlet? dropped,
    Memory<byte> buffer)
{
    internal void Run(CancellationToken cancellationToken)
    {
        string oldPath = directory.PathOf(before.PagesFileName);
        var rewritten = new Pagemap(directory.NextPagesId(), after);
        string newPath = directory.PathOf(rewritten.PagesFileName);
        try
        {
            using PagesFile? source = before.PresentPages > 0 ? PagesFile.Open(oldPath) : null;
            using PagesFile target = PagesFile.Create(newPath);
            Copy(source, target, cancellationToken);
        }
        catch
        {
            File.Delete(newPath);
            throw;
        }

        rewritten.Write(directory.PathOf(ImageDirectory.PagemapName(processId)));
        File.Delete(oldPath);
    }

    private void Copy(PagesFile? source, PagesFile target, CancellationToken cancellationToken)
    {
        long page = 0;
        for (int index = 0; index < before.Entries.Length; index++)
        {
            PagemapEntry entry = before.Entries[index];
            if (entry.IsPresent || after[index].IsPresent)
            {
                Copy(entry, page, source, after[index].IsPresent ? target : null, cancellationToken);
            }

            page += entry.IsPresent ? entry.Pages : 0;
        }
    }

    private void Copy(PagemapEntry entry, long page, PagesFile? source, PagesFile? target, CancellationToken cancellationToken)
    {
        long size = entry.Pages * Environment.SystemPageSize;
        for (long done = 0; done < size; done += buffer.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> piece = buffer.Span[..(int)Math.Min(buffer.Length, size - done)];
            ulong address = entry.Address + (ulong)done;
            if (entry.IsPresent)
            {
                source!.Read(page + (done / Environment.SystemPageSize), piece);
            }
            else
            {
                content(processId, address, piece);
            }

            if (target is null)
            {
                dropped?.Invoke(processId, address, piece);
            }
            else
            {
                target.Append(piece);
            }
        }
    }
}
