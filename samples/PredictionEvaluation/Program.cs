using System.CommandLine;
using PredictionEvaluation;

return await new RootCommand("Judges predictors by recorded traces.") { PredictionCommand.Create() }.Parse(args).InvokeAsync();
