using System.CommandLine;
using ModelTraining;

RootCommand command = new("Trains the models that predict which pages are dirtied next, and measures what they are worth and cost. Started by eng/train.sh.")
{
    TrainCommand.Create(),
    ForestCommand.Create(),
    CompareCommand.Create(),
    SpeedCommand.Create(),
};
return await command.Parse(args).InvokeAsync();
