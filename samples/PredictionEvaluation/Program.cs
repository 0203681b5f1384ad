using System.CommandLine;
using PredictionEvaluation;
using PredictionEvaluation.Strategies;

return await new RootCommand("Judges predictors and strategies by recorded traces.") { PredictionCommand.Create(), StrategiesCommand.Create(), ScaleCommand.Create() }.Parse(args).InvokeAsync();
