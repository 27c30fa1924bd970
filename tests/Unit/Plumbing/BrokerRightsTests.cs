using Confluent.Kafka.Admin;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>The broker's rules, as they are made from the one table.</summary>
public sealed class BrokerRightsTests
{
    private static readonly KafkaSettings s_kafka = KafkaSettings.At("127.0.0.1:1", "test.");
    private static readonly IReadOnlyList<BrokerRight> s_all = BrokerRights.All(s_kafka);

    [Fact]
    public void Results_are_written_by_settlement_and_by_replays_and_by_nobody_else()
    {
        Assert.Equal(s_all.Count, s_all.Distinct().Count());
        Assert.Equal(
            ["User:test.replay", "User:test.settlement"],
            s_all.Where(r =>
                r is { Resource: ResourceType.Topic, Operation: AclOperation.Write, Name: "test.contests.results.v1" })
                .Select(r => r.Principal).Order(StringComparer.Ordinal));
        Assert.All(s_all.Where(r => r.Resource == ResourceType.Topic), r => Assert.Equal(ResourcePatternType.Literal, r.Pattern));
        Assert.DoesNotContain(s_all,
            r => r.Resource == ResourceType.Broker
                || r.Operation is AclOperation.All or AclOperation.Alter or AclOperation.AlterConfigs or AclOperation.Delete
                    or AclOperation.Create);
    }

    [Fact]
    public void Each_worker_may_read_what_it_consumes_in_its_own_group_and_send_its_own_outbox()
    {
        foreach (var (worker, topic) in DeclaredTopics.All())
            Assert.Contains(new BrokerRight($"User:test.{worker}", ResourceType.Topic, "test." + topic,
                ResourcePatternType.Literal, AclOperation.Read), s_all);
        foreach (var worker in Principals.Workers)
        {
            Assert.Equal([$"User:test.{worker}"], MayName(ResourceType.Group, "test." + worker, AclOperation.Read));
            Assert.Equal(
                [$"User:test.{worker}"], MayName(BrokerRight.TransactionalId, $"test.{worker}-outbox-07", AclOperation.Write));
        }
    }

    /// <summary>Prefixed rules too.</summary>
    private static IEnumerable<string> MayName(ResourceType resource, string name, AclOperation operation) => s_all
        .Where(r => r.Resource == resource && r.Operation == operation
            && (r.Pattern == ResourcePatternType.Prefixed ? name.StartsWith(r.Name, StringComparison.Ordinal) : r.Name == name))
        .Select(r => r.Principal);
}
