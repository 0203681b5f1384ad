namespace U2CMigration.Core.Committing;

/// <summary>The frozen tree on its source.</summary>
internal interface IFrozenOriginal
{
    /// <summary>Makes that it stays stopped when this program dies.</summary>
    void Insure();

    /// <summary>Lets it run on.</summary>
    Task RollBackAsync();

    /// <summary>Ends it. Does nothing the second time.</summary>
    Task KillAsync();
}
