// Sends a provider's events to ContestPipeline. Run: dotnet run -- HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl
// What the events look like, and what the journal is for: ../README.md. Needs the package Confluent.Kafka.
using ProviderSample;

if (args is not [var bootstrap, var prefix, var source, var journal])
{
    Console.Error.WriteLine("usage: dotnet run -- HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl");
    return 2;
}

var connection = new Connection(bootstrap, prefix, source);
using var said = new Said(connection);
using var provider = new Provider(connection, TimeProvider.System);
await provider.Run(journal, Console.In);
// Whoever stays connected hears of a refusal when it happens; this program waits a little before it ends.
var listen = TimeSpan.FromMilliseconds(int.Parse(Environment.GetEnvironmentVariable("LISTEN_MS") ?? "3000"));
var refused = await said.Listen(listen, provider.Recover, TimeProvider.System);
Console.WriteLine($"refused {refused}");
return refused > 0 ? 1 : 0;
