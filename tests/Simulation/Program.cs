using System.Globalization;
using ContestPipeline.Simulation;

const string Usage =
    "[SEEDS [FIRST]] [--trace] [--until-found] [--once] [--twice] [--seconds N] [--every-age] [--cut "
        + "contests=1,players=3,plays=2,without=";
if (args is ["-h" or "--help"])
{
    Console.WriteLine($"usage: {Usage}{string.Join('+', Weather.Parts)}]");
    return 0;
}

var numbers = new List<ulong>();
var isEveryAge = false;
var options = new SimulationOptions(
    100, 1, IsTraced: false, IsOverWhenFound: false, IsPlayedOnce: false, IsEachPlayedTwice: false, SecondsMax: null, Cut.None);
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--trace") options = options with { IsTraced = true };
    else if (args[i] == "--until-found") options = options with { IsOverWhenFound = true };
    else if (args[i] == "--once") options = options with { IsPlayedOnce = true };
    else if (args[i] == "--twice") options = options with { IsEachPlayedTwice = true };
    else if (args[i] == "--every-age") isEveryAge = true;
    else if (args[i] == "--seconds" && i + 1 < args.Length
        && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
        (options, i) = (options with { SecondsMax = seconds }, i + 1);
    else if (args[i] == "--cut" && i + 1 < args.Length && Cut.Read(args[i + 1]) is { } cut)
        (options, i) = (options with { Cut = cut }, i + 1);
    else if (numbers.Count < 2 && ulong.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is > 0 and < long.MaxValue) numbers.Add(number);
    else
    {
        await Console.Error.WriteLineAsync(
            $"simulate: '{args[i]}' is not understood; expected {Usage}{string.Join('+', Weather.Parts)}]");
        return 2;
    }
}

if (numbers.Count > 0) options = options with { Seeds = numbers[0] };
if (numbers.Count > 1) options = options with { First = numbers[1] };
return isEveryAge ? await SimRun.ReplayAtEveryAge(options.Seeds, options.First) : await Simulation.Run(options);
