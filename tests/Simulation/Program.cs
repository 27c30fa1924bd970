using System.Globalization;
using ContestPipeline.Simulation;

var numbers = new List<ulong>();
var isTraced = false;
foreach (var argument in args)
{
    if (argument == "--trace") isTraced = true;
    else if (numbers.Count < 2 && ulong.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < long.MaxValue) numbers.Add(number);
    else
    {
        await Console.Error.WriteLineAsync($"simulate: '{argument}' is not understood; expected [SEEDS [FIRST]] [--trace], both whole numbers above 0");
        return 2;
    }
}

return await Simulation.Run(numbers.ElementAtOrDefault(0) is > 0 and var seeds ? seeds : 100, numbers.ElementAtOrDefault(1) is > 0 and var first ? first : 1, isTraced);
