using System.Globalization;
using ContestPipeline.AllInOne.Demo;
using ContestPipeline.Chaos;
using ContestPipeline.Plumbing;

if (args is not [var faults, var seed]
    || !int.TryParse(faults, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || !ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out var from))
    return await Command.Complain("usage: chaos FAULTS SEED", Command.WrongUsage);

var checkout = StateFolder.Checkout();
if (PrivateKafka.FindHome(checkout) is not { } kafka)
{
    Console.WriteLine("skipped: no real broker to kill (KAFKA_HOME or ../shared/kafka with its libs, and Java)");
    return Command.Held;
}

if (Toxiproxy.Find(checkout) is not { } toxiproxy)
{
    Console.WriteLine("skipped: no toxiproxy-server to disturb the links with (TOXIPROXY, on the path, or in ../shared/tools)");
    return Command.Held;
}

return await Command.Run("chaos", keep: true, (folder, ct) => new ChaosRun(folder, count, from, TimeProvider.System).Run(toxiproxy, kafka, ct));
