namespace U2CMigration.Criu.Rpc;

/// <summary>The freezer of a control group, version 1 or 2.</summary>
/// <remarks>
/// CRIU thaws a frozen group once it has stopped its tasks itself, and freezes it again only when it ends in an orderly way. A killed CRIU would thus let tasks
/// run that the caller believes frozen, so a group that was frozen before is frozen again while the dump is held.
/// </remarks>
internal sealed class FreezerGroup
{
    private readonly string _stateFile;
    private readonly bool _isVersion1;

    private FreezerGroup(string stateFile, bool isVersion1)
    {
        _stateFile = stateFile;
        _isVersion1 = isVersion1;
    }

    /// <summary>Looks at a group; null when it has no freezer or was not frozen.</summary>
    internal static FreezerGroup? FindFrozen(string directory)
    {
        if (directory.Length == 0)
        {
            return null;
        }

        string version1 = Path.Combine(directory, "freezer.state");
        string version2 = Path.Combine(directory, "cgroup.freeze");
        var group = File.Exists(version1) ? new FreezerGroup(version1, isVersion1: true) : new FreezerGroup(version2, isVersion1: false);
        return File.Exists(group._stateFile) && File.ReadAllText(group._stateFile).Trim() is not ("0" or "THAWED") ? group : null;
    }

    internal void Freeze() => File.WriteAllText(_stateFile, _isVersion1 ? "FROZEN" : "1");

    /// <summary>Lets tasks end that have a SIGKILL pending. Only the version 1 freezer keeps them from ending.</summary>
    internal void LetKilledTasksEnd()
    {
        if (_isVersion1)
        {
            File.WriteAllText(_stateFile, "THAWED");
        }
    }
}
