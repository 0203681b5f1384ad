using U2CMigration.Criu.Images;
using U2CMigration.Criu.PageServer;

namespace U2CMigration.Criu.Tests.PageServer;

internal sealed class RecordingSink : IPageServerSink
{
    public List<string> Calls { get; } = [];

    public List<byte> Content { get; } = [];

    public bool HasParent { get; init; }

    public int Status { get; init; }

    public ValueTask<bool> OpenAsync(PageServerTarget target, CancellationToken cancellationToken) => Record($"open {target.Kind} {target.Id}", HasParent);

    public ValueTask<bool> HasParentAsync(PageServerTarget target, CancellationToken cancellationToken) => Record($"parent {target.Kind} {target.Id}", HasParent);

    public ValueTask<int> CloseAsync(CancellationToken cancellationToken) => Record("close", Status);

    public ValueTask BeginRunAsync(PageServerTarget target, PagemapEntry run, CancellationToken cancellationToken)
    {
        Calls.Add($"run {run.Address:x} {run.Pages} {run.Places}");
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(PageServerTarget target, ulong address, ReadOnlyMemory<byte> pages, CancellationToken cancellationToken)
    {
        Calls.Add($"write {address:x} {pages.Length}");
        Content.AddRange(pages.Span);
        return ValueTask.CompletedTask;
    }

    private ValueTask<T> Record<T>(string call, T answer)
    {
        Calls.Add(call);
        return ValueTask.FromResult(answer);
    }
}
