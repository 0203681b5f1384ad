using U2CMigration.Files;

namespace U2CMigration.Containers.CarriedFiles;

/// <summary>What is said of the files of a container.</summary>
internal static class FileWords
{
    private const int Named = 5;

    /// <summary>A failure, for the one who moves the container.</summary>
    public static IOException Of(Exception failure) => new($"The files of the container cannot be carried along. {failure.Message}", failure);

    /// <summary>What does not travel.</summary>
    public static IReadOnlyList<string> LeftOut(FileTreeRound round) => round.LeftOutCount == 0
        ? []
        : [$"{round.LeftOutCount} attributes of files belong to this host and did not travel: {string.Join(", ", round.LeftOut.Take(Named))}{(round.LeftOutCount > Named ? ", ..." : string.Empty)}"];
}
