using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace U2CMigration.Core.Words;

/// <summary>Says of a mistake of this library that it is one, and what to send.</summary>
internal static class DefectWords
{
    private static string Version => typeof(DefectWords).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The sentences.</summary>
    /// <param name="cause">The exception that should not have been.</param>
    /// <param name="migrationId">The migration.</param>
    /// <param name="place">Where it stood: the phase, or the destination.</param>
    /// <param name="keptAt">The file with the details; null when it could not be kept.</param>
    /// <param name="logEventId">The event of the log that has the exception.</param>
    public static string Explain(Exception cause, Guid migrationId, string place, string? keptAt, int logEventId) => string.Create(
        CultureInfo.InvariantCulture,
        $"This is a mistake in U2CMigration {Version}, not in what you asked for: {cause.GetType().Name} ({cause.Message.TrimEnd('.')}) in {place} of migration {migrationId}. Please report it with {(keptAt is null ? string.Empty : $"{keptAt} and ")}the event {logEventId} of the log.");

    /// <summary>The details, for the file.</summary>
    public static string Details(Exception cause, Guid migrationId, string place) =>
        $"U2CMigration {Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}\nmigration {migrationId}, {place}\n{cause}\n";
}
