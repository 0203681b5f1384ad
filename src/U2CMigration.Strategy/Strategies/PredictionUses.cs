namespace U2CMigration.Strategy.Strategies;

/// <summary>What a strategy uses predictions for; less than all of it shows what each is worth.</summary>
[Flags]
public enum PredictionUses
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>What is least likely to be written goes first.</summary>
    Order = 1,

    /// <summary>Pages that are likely to be written, and of which the destination has an older version, are not sent.</summary>
    HoldBack = 2,

    /// <summary>Both.</summary>
    All = Order | HoldBack,
}
