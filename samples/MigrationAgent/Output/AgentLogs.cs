using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace MigrationAgent.Output;

/// <summary>Logs of the library, on standard error.</summary>
public static class AgentLogs
{
    public static ILoggerFactory Create(bool verbose) => LoggerFactory.Create(builder =>
    {
        // What goes wrong is an event as well; without being asked for, logs only say what no event does.
        builder.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Error);
        builder.AddFilter(nameof(MigrationAgent), LogLevel.Information);

        // An arrival that fails is an event at its source alone, and names CRIU's log, which is on this host.
        builder.AddFilter("U2CMigration.Receiver", verbose ? LogLevel.Debug : LogLevel.Warning);
        builder.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss.fff ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        // Standard output belongs to the events.
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
