using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>Hears of every exception that is logged: what a peer brings about ends its connection and nothing else, so that is where it is seen.</summary>
internal sealed class HeardExceptions : ILoggerFactory, ILogger
{
    public ConcurrentBag<Exception> All { get; } = [];

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _ = formatter(state, exception);
        if (exception is not null)
        {
            All.Add(exception);
        }
    }

    public void Dispose()
    {
    }
}
