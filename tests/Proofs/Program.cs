using System.Globalization;
using ContestPipeline.Proofs.Prizes;

return args switch
{
    ["properties", .. var rest] => PrizeRun.Run((int)Number(rest, 0, 1_000_000), Number(rest, 1, 1)),
    _ => Usage(),
};

static ulong Number(string[] rest, int at, ulong otherwise) => at >= rest.Length ? otherwise : ulong.Parse(rest[at], CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("usage: properties [CASES] [SEED]");
    return 2;
}
