using SharpFuzz;
using U2CMigration.Fuzzing;
using U2CMigration.Fuzzing.Targets;

// fuzz TARGET                  takes inputs from afl-fuzz, which has started this program
// replay TARGET FILE|DIR...    takes them from files, with the stack of what comes out
// seeds DIR                    writes what to begin with, a directory for each target
// list                         prints the names
IFuzzTarget[] targets =
[
    new FramesTarget(), new PagesTarget(), new CodecTarget(), new GreetingTarget(), new ImagesTarget(), new RpcTarget(), new TracesTarget(), new WeightsTarget(), new ProcTarget(), new StateTarget(), new FilesTarget(), new ReceiverTarget(), new SenderTarget(),
];

switch (args)
{
    case ["list"]:
        Array.ForEach(targets, static target => Console.WriteLine(target.Name));
        return 0;
    case ["seeds", var directory]:
        foreach (IFuzzTarget target in targets)
        {
            Seeds.Write(target, Path.Combine(directory, target.Name));
        }

        return 0;
    case ["fuzz", var name]:
        IFuzzTarget fuzzed = targets.Single(target => target.Name == name);
        WarmUp.Run(fuzzed);
        Fuzzer.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            Bounded.Run(fuzzed, input.GetBuffer().AsSpan(0, (int)input.Length));
        });
        return 0;
    case ["replay", var name, .. var paths]:
        return Replay.Run(targets.Single(target => target.Name == name), paths);
    default:
        Console.Error.WriteLine("fuzz TARGET | replay TARGET FILE|DIR... | seeds DIR | list");
        return 2;
}
