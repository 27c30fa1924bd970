using System.Globalization;
using ContestPipeline.Chaos;
using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

const string Usage = "usage: chaos FAULTS SEED | load MESSAGES";
if (args is ["-h" or "--help"])
{
    Console.WriteLine(Usage);
    return Command.Held;
}

if (args is not [var what and ("chaos" or "load"), var number, .. var rest]
    || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
    || !ulong.TryParse(rest.FirstOrDefault("0"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
    return await Command.Complain(Usage, Command.WrongUsage);

var checkout = StateFolder.Checkout();
if (PrivateKafka.FindHome(checkout) is not { } kafka)
{
    Console.WriteLine("skipped: no real broker to kill (KAFKA_HOME or ../shared/kafka with its libs, and Java)");
    return Command.Held;
}

if (what == "load")
    return await Command.Run("load", keep: true, (folder, ct) => new LoadRun(folder, count, TimeProvider.System).Run(kafka, ct));
if (Toxiproxy.Find(checkout) is not { } toxiproxy)
{
    Console.WriteLine("skipped: no toxiproxy-server to disturb the links with (TOXIPROXY, on the path, or in ../shared/tools)");
    return Command.Held;
}

return await Command.Run(
    "chaos", keep: true, (folder, ct) => new ChaosRun(folder, count, seed, TimeProvider.System).Run(toxiproxy, kafka, ct));
