using System.Globalization;
using ContestPipeline.Proofs.Fuzz;
using ContestPipeline.Proofs.Prizes;

return args switch
{
    ["properties", .. var rest] => PrizeRun.Run((int)Number(rest, 0, 1_000_000), Number(rest, 1, 1)),
    ["fuzz", .. var rest] => await Fuzz((int)Number(rest, 0, 1_000_000), Number(rest, 1, 1)),
    ["-h" or "--help"] => Usage(Console.Out, 0),
    _ => Usage(Console.Error, 2),
};

static ulong Number(string[] rest, int at, ulong otherwise) =>
    at >= rest.Length ? otherwise : ulong.Parse(rest[at], CultureInfo.InvariantCulture);

static async Task<int> Fuzz(int inputs, ulong seed)
{
    // A single input is one that failed, looked at again.
    var exitCode = FuzzRun.Run(inputs, seed);
    return inputs < 1_000 ? exitCode : Math.Max(exitCode, await FuzzDatabase.Run(inputs / 100, seed));
}

static int Usage(TextWriter to, int exitCode)
{
    to.WriteLine("usage: properties [CASES] [SEED] | fuzz [INPUTS] [SEED]");
    return exitCode;
}
