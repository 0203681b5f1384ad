namespace U2CMigration.Core.Committing;

/// <summary>What can be done to restored processes of which there is nothing but a record.</summary>
internal interface IRestoredTrees
{
    /// <summary>Lets them run. Does nothing to those that run already.</summary>
    void Thaw(MigrationRecord record);

    /// <summary>Ends all of them; when it returns, none executes any more.</summary>
    /// <exception cref="IOException">One does not end.</exception>
    void Kill(MigrationRecord record);

    /// <summary>Removes what only a restore needs, when that is over.</summary>
    void CleanUp(MigrationRecord record);

    /// <summary>Has the owner of a tree that will never run forget it, when it has ended.</summary>
    void Forget(MigrationRecord record)
    {
    }

    /// <summary>Whether the root of the tree is alive.</summary>
    bool IsAlive(MigrationRecord record);
}
