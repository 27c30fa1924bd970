using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Plumbing;
using NJsonSchema;
using Worker = ContestPipeline.Demo.Worker;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>What is published is what the published schemas say, by a validator that is not ours.</summary>
public sealed class PublishedRecordsTests
{
    private readonly ConcurrentDictionary<string, JsonSchema> schemas = new(StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Goldens =>
        [.. Directory.GetFiles(InCheckout("tests/Golden"), "*.json").Select(f => Path.GetFileName(f)!)
            .Where(f => !f.Contains(".before-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Goldens))]
    public async Task A_golden_file_is_valid_under_its_schema(string file)
    {
        var name = file[..^".json".Length];
        if (name.EndsWith(".least", StringComparison.Ordinal)) name = name[..^".least".Length];

        Assert.Empty(await Faults(name, await File.ReadAllTextAsync(Path.Combine(InCheckout("tests/Golden"), file), Ct)));
    }

    [Theory]
    [InlineData("feed.play.v1", "op", "\"insert\"")]
    [InlineData("feed.play.v1", "gameId", "\"a game\"")]
    [InlineData("feed.play.v1", "sequence", "0")]
    [InlineData("feed.play.v1", "athletes", """[{"athleteId":"a","stats":{"rush_yds":10001}}]""")]
    [InlineData("feed.status.v1", "status", "\"over\"")]
    [InlineData("payout.changed.v1", "state", "\"lost\"")]
    [InlineData("contest.settled.v1", "digest", "\"A0\"")]
    public async Task A_value_that_is_refused_is_not_valid(string name, string member, string value)
    {
        var body = System.Text.Json.Nodes.JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(InCheckout("tests/Golden"), name + ".json"), Ct))!;
        body[member] = System.Text.Json.Nodes.JsonNode.Parse(value);

        Assert.NotEmpty(await Faults(name, body.ToJsonString()));
    }

    [Fact]
    public async Task Every_record_that_the_demo_puts_on_any_topic_is_valid_under_its_schema()
    {
        using var folder = StateFolder.Take("test-records", keep: false)
            ?? throw new InvalidOperationException("another run is under way in this checkout");
        var state = new DemoState();
        var view = new DemoView(state, TimeProvider.System);
        await using var stage = await DemoEnvironment.Build(folder, broker: null, withStripe: true, _ => { }, Ct);
        Worker[] inside = [Workers.Ingestion, Workers.Scoring, Workers.Settlement];

        Assert.Empty(await new DemoDirector(
            stage, new DemoOptions(Speed: 0, DemoOptions.DefaultSeed, Keep: false), inside, state, view, TimeProvider.System)
            .Run(Ct));

        var (faults, records) = (new List<string>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var topic in Topics.All)
        {
            foreach (var record in new TopicReader(stage.Kafka).Read(topic.Name, Ct))
            {
                records[topic.Name] = records.GetValueOrDefault(topic.Name) + 1;
                if (record.Body.IsEmpty) continue;
                faults.AddRange(await Faults(record.WireName, Encoding.UTF8.GetString(record.Body.Span)));
                if (topic.Name == Topics.StripeWebhooks)
                    faults.AddRange(await Faults("stripe.event.headers", JsonSerializer.Serialize(record.Headers)));
            }
        }

        Assert.Equal([], faults.Take(20));
        Assert.Equal(
            // In the demo's feed nothing is missing for long, and its rule sets ship.
            Topics.All.Select(t => t.Name).Except([Topics.FeedRecovery, Topics.Rules])
                .Where(t => !t.EndsWith(".rejected", StringComparison.Ordinal)),
            Topics.All.Select(t => t.Name).Where(t => records.ContainsKey(t)));
    }

    private async Task<IEnumerable<string>> Faults(string name, string body)
    {
        if (!schemas.TryGetValue(name, out var schema))
        {
            schema = await JsonSchema.FromJsonAsync(
                await File.ReadAllTextAsync(Path.Combine(InCheckout("src/Contracts/Schemas"), name + ".json"), Ct), Ct);
            schemas[name] = schema;
        }

        return schema.Validate(body).Select(fault => $"{name}: {fault} in {body[..Math.Min(300, body.Length)]}");
    }

    private static string InCheckout(string folder) => Path.Combine(StateFolder.Checkout(), folder);
}
