namespace U2CMigration.Prediction.Blocks;

/// <summary>Blocks that follow each other, done by one worker.</summary>
/// <param name="Worker">Who does them: 0, or 1 where two share the work. What is changed on the way, each has for itself.</param>
/// <param name="Index">The number of the run, below <see cref="BlockPass.MostRuns"/>. Which blocks it has depends on their number alone.</param>
/// <param name="From">The first block.</param>
/// <param name="To">The block behind the last.</param>
internal readonly record struct BlockRun(int Worker, int Index, int From, int To);
