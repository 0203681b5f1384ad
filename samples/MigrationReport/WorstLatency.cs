namespace MigrationReport;

/// <summary>The worst latency over time, as clients had it: a time without replies is the worst, not the best.</summary>
public static class WorstLatency
{
    /// <summary>The worst latency of each window, in milliseconds.</summary>
    /// <param name="windows">What the client saw, in order of time.</param>
    /// <returns>
    /// One value per window. A window without a reply has the worst latency of the next one with a reply, in which the requests that waited were answered; where none follows, the time since the last reply.
    /// </returns>
    public static double[] Of(IReadOnlyList<ClientWindow> windows)
    {
        double[] worst = new double[windows.Count];
        double? next = null;
        double lastReply = windows.Count > 0 ? windows[0].StartMs : 0;
        foreach (ClientWindow window in windows.Where(static window => window.Operations > 0))
        {
            lastReply = window.StartMs + window.LengthMs;
        }

        for (int i = windows.Count - 1; i >= 0; i--)
        {
            ClientWindow window = windows[i];
            next = window.Operations > 0 ? window.MaxLatencyMs : next;
            worst[i] = next ?? window.StartMs + window.LengthMs - lastReply;
        }

        return worst;
    }
}
