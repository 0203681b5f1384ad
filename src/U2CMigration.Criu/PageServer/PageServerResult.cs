namespace U2CMigration.Criu.PageServer;

/// <summary>What a page server session has moved.</summary>
/// <param name="ReceivedPages">Pages received with content.</param>
/// <param name="HolePages">Pages received without content.</param>
/// <param name="ServedPages">Pages given to a lazy pages daemon.</param>
/// <param name="WasClosed">The peer said that it has sent everything, and was answered.</param>
/// <param name="Status">The answer: 0 when everything is stored.</param>
public sealed record PageServerResult(long ReceivedPages, long HolePages, long ServedPages, bool WasClosed, int Status);
